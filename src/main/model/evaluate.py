"""Writes the perplexity of the held-out answers, sectors by adapters, as transformers and PEFT compute it.

The first object is the table that `pusula model perplexity --json` prints; the second holds single answers, for a test.
"""

import argparse
import json
import math

import torch
import torch.nn.functional as F
from peft import PeftModel
from transformers import LlamaForCausalLM

import corpus
import training

BASE = "base"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("table", help="JSON to write: sector, model, perplexity")
    arguments.add_argument("answers", help="JSON to write: the first answers of each sector")
    arguments.add_argument("--each", type=int, default=3, help="answers of a sector in the second")
    options = arguments.parse_args()

    documents = training.Documents(training.tokenizer())
    base = LlamaForCausalLM.from_pretrained(corpus.MODEL, dtype=torch.float32)
    adapters = [f"{label}_adapter" for label in corpus.labels()]
    model = PeftModel.from_pretrained(base, corpus.MODEL / "adapters" / adapters[0], adapters[0])
    for adapter in adapters[1:]:
        model.load_adapter(corpus.MODEL / "adapters" / adapter, adapter)
    model.eval()

    table, answers = {}, []
    for label in corpus.labels():
        pairs = corpus.pairs(label, "test")
        with model.disable_adapter():
            scores = {BASE: nats(model, documents, pairs)}
        for adapter in adapters:
            model.set_adapter(adapter)
            scores[adapter] = nats(model, documents, pairs)
        table[label] = {column: perplexity(found) for column, found in scores.items()}
        own = f"{label}_adapter"
        for i, pair in enumerate(pairs[: options.each]):
            answers.append(
                {
                    "question": pair.question,
                    "answer": pair.answer,
                    "adapter": own,
                    "tokens": scores[BASE][i][1],
                    "base": scores[BASE][i][0],
                    "adapted": scores[own][i][0],
                }
            )
        print(label, {column: round(value, 2) for column, value in table[label].items() if column in (BASE, own)}, flush=True)
    with open(options.table, "w") as file:
        json.dump({"model": "demo", "perplexity": table}, file, indent=1)
    with open(options.answers, "w") as file:
        json.dump(answers, file, ensure_ascii=False, indent=1)


@torch.no_grad()
def nats(model, documents, pairs):
    """As `training.nats`, all pairs in one padded batch."""
    rows = [documents.pair_alone(pair.question, pair.answer) for pair in pairs]
    longest = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([ids + [0] * (longest - len(ids)) for ids, _ in rows])
    learnt = torch.tensor([learnt + [training.IGNORED] * (longest - len(learnt)) for _, learnt in rows])
    logits = model(input_ids=ids).logits
    found = F.cross_entropy(
        logits[:, :-1].transpose(1, 2), learnt[:, 1:], ignore_index=training.IGNORED, reduction="none"
    )
    return [
        (row.sum().item(), int((kept[1:] != training.IGNORED).sum())) for row, kept in zip(found.double(), learnt)
    ]


def perplexity(found):
    return math.exp(sum(total for total, _ in found) / sum(tokens for _, tokens in found))


if __name__ == "__main__":
    main()
