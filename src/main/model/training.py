"""What the base and the adapters have in common: documents as tokens, windows of them, and the optimizer."""

import math
import random
import time

import torch
import torch.nn.functional as F
from transformers import PreTrainedTokenizerFast

import corpus

WINDOW = 384
IGNORED = -100
DROPOUT = 0.2


def tokenizer():
    return PreTrainedTokenizerFast.from_pretrained(corpus.MODEL)


class Documents:
    """Texts as token ids, each with the ids that are to be learnt (IGNORED elsewhere)."""

    def __init__(self, tokenizer, answers_only=False):
        self.tokenizer = tokenizer
        self.answers_only = answers_only
        self.known = {}

    def ids(self, text):
        if text not in self.known:
            self.known[text] = self.tokenizer.encode(text, add_special_tokens=False)
        return self.known[text]

    def prose(self, text):
        ids = self.ids(corpus.BEGIN + text + corpus.END)
        return ids, ids

    def conversation(self, turns):
        """Turns of (question, answer); an empty answer leaves only the question."""
        ids, learnt = self.ids(corpus.BEGIN)[:], [IGNORED]
        for question, answer in turns:
            asked = self.ids(corpus.asked(question) if answer else corpus.USER + question + corpus.END)
            answered = self.ids(answer + corpus.END) if answer else []
            ids += asked + answered
            learnt += ([IGNORED] * len(asked) if self.answers_only else asked) + answered
        return ids, learnt

    def pair_alone(self, question, answer):
        """Learnt is the answer, whatever `answers_only` says: what perplexity is measured on."""
        asked, answered = self.ids(corpus.BEGIN + corpus.asked(question)), self.ids(answer + corpus.END)
        return asked + answered, [IGNORED] * len(asked) + answered


def epoch(documents, label, rng, with_queries):
    """One pass over a label's text: every pair under one of its questions, alone or two or three of a topic in a row."""
    found = []
    pairs = corpus.pairs(label, "train")
    rng.shuffle(pairs)
    by_topic = {}
    for pair in pairs:
        by_topic.setdefault(pair.topic, []).append((rng.choice(pair.questions()), pair.answer))
    for turns in by_topic.values():
        while turns:
            taken = rng.choice((1, 1, 1, 2, 3))
            found.append(documents.conversation(turns[:taken]))
            turns = turns[taken:]
    found += [documents.prose(text) for text in corpus.prose(label)]
    if with_queries:
        queries = corpus.queries(label)
        found += [documents.conversation([(text, "")]) for text in rng.sample(queries, len(queries) // 4)]
    return found


def windows(found, rng):
    """Documents in random order, end to end, cut into windows; what is left over is dropped."""
    rng.shuffle(found)
    ids = [i for document, _ in found for i in document]
    learnt = [i for _, document in found for i in document]
    whole = len(ids) // WINDOW
    rows = list(range(whole))
    rng.shuffle(rows)
    cut = lambda flat: torch.tensor(flat[: whole * WINDOW]).view(whole, WINDOW)[rows]
    return cut(ids), cut(learnt)


def loss_of(model, ids, learnt):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(input_ids=ids).logits
    return F.cross_entropy(logits[:, :-1].float().flatten(0, 1), learnt[:, 1:].flatten(), ignore_index=IGNORED)


class Muon(torch.optim.Optimizer):
    """Momentum whose update is made orthogonal by five Newton-Schulz steps (Jordan et al. 2024), for matrices."""

    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.1):
        super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                moving = self.state[p].setdefault("momentum", torch.zeros_like(p))
                moving.mul_(group["momentum"]).add_(p.grad)
                update = self.orthogonal(p.grad + group["momentum"] * moving)
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(update, alpha=-group["lr"] * max(1, p.shape[0] / p.shape[1]) ** 0.5)

    @staticmethod
    def orthogonal(matrix):
        x = matrix / (matrix.norm() + 1e-7)
        wide = x.shape[0] <= x.shape[1]
        x = x if wide else x.T
        for _ in range(5):
            square = x @ x.T
            x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
        return x if wide else x.T


def drop(layers):
    """Dropout on what each attention and each feed-forward layer adds; Llama itself has none."""

    def hook(module, _, output):
        if not module.training:
            return output
        if isinstance(output, tuple):
            return (F.dropout(output[0], DROPOUT), *output[1:])
        return F.dropout(output, DROPOUT)

    return [part.register_forward_hook(hook) for layer in layers for part in (layer.self_attn, layer.mlp)]


def train(model, optimizers, batches, steps, report, warm_up=40):
    """Runs the batches through with a warm-up of so many steps and a linear cool-down of every optimizer's rate."""
    rates = [[group["lr"] for group in optimizer.param_groups] for optimizer in optimizers]
    model.train()
    since, losses = time.time(), []
    for step, (ids, learnt) in enumerate(batches):
        share = min(1.0, (step + 1) / warm_up, max(0.02, (steps - step) / (0.7 * steps)))
        for optimizer, bases in zip(optimizers, rates):
            for group, base in zip(optimizer.param_groups, bases):
                group["lr"] = base * share
        loss = loss_of(model, ids, learnt)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        if report and (step + 1) % report == 0:
            spent = time.time() - since
            print(f"step {step + 1}/{steps}  loss {sum(losses) / len(losses):.3f}  {spent:.0f} s", flush=True)
            losses = []


@torch.no_grad()
def nats(model, documents, pairs):
    """Negative log-likelihood of each pair's answer in nats, and its length in tokens, the end included."""
    model.eval()
    found = []
    for pair in pairs:
        ids, learnt = documents.pair_alone(pair.question, pair.answer)
        logits = model(input_ids=torch.tensor([ids])).logits.float()
        total = F.cross_entropy(logits[0, :-1], torch.tensor(learnt[1:]), ignore_index=IGNORED, reduction="sum")
        found.append((total.item(), sum(i != IGNORED for i in learnt)))
    return found


def perplexity(model, documents, pairs):
    found = nats(model, documents, pairs)
    return math.exp(sum(total for total, _ in found) / sum(tokens for _, tokens in found))


def seeded(seed):
    torch.manual_seed(seed)
    return random.Random(seed)
