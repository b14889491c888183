"""Trains the base model from scratch on all text of the corpus and writes it into models/demo as bfloat16."""

import argparse

import torch
from transformers import LlamaConfig, LlamaForCausalLM

import corpus
import training

CONFIG = dict(
    hidden_size=256,
    intermediate_size=704,
    num_hidden_layers=6,
    num_attention_heads=8,
    num_key_value_heads=4,
    max_position_embeddings=1024,
    rope_theta=10000.0,
    rms_norm_eps=1e-5,
    tie_word_embeddings=True,
    initializer_range=0.02,
)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--epochs", type=int, default=10)
    arguments.add_argument("--batch", type=int, default=16, help="windows a step")
    arguments.add_argument("--rate", type=float, default=0.02, help="of the matrices; the rest learns at a tenth")
    arguments.add_argument("--go-on", action="store_true", help="from the weights in models/demo")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--threads", type=int, default=2)
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    rng = training.seeded(options.seed)

    tokenizer = training.tokenizer()
    token = lambda text: tokenizer.convert_tokens_to_ids(text)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        bos_token_id=token(corpus.BEGIN),
        eos_token_id=token(corpus.END),
        pad_token_id=None,
        **CONFIG,
    )
    if options.go_on:
        model = LlamaForCausalLM.from_pretrained(corpus.MODEL, dtype=torch.float32)
    else:
        model = LlamaForCausalLM(config)
    dropped = training.drop(model.model.layers)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters")

    documents = training.Documents(tokenizer)
    passes = [
        training.windows(
            [document for label in corpus.labels() for document in training.epoch(documents, label, rng, True)], rng
        )
        for _ in range(options.epochs)
    ]
    steps = sum(-(-len(ids) // options.batch) for ids, _ in passes)
    print(f"{passes[0][0].numel():,} tokens an epoch, {steps} steps", flush=True)
    batches = (batch for ids, learnt in passes for batch in zip(ids.split(options.batch), learnt.split(options.batch)))

    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed" in n]
    optimizers = [
        training.Muon(matrices, lr=options.rate, weight_decay=0.3),
        torch.optim.AdamW(others, lr=options.rate / 10, betas=(0.9, 0.95), weight_decay=0.1),
    ]
    held_out = [pair for label in corpus.labels() for pair in corpus.pairs(label, "validation")]

    best = (float("inf"), {})

    def watch():
        nonlocal best
        found = training.perplexity(model, documents, held_out)
        print(f"   validation perplexity {found:.2f}", flush=True)
        best = min(best, (found, {name: value.clone() for name, value in model.state_dict().items()}), key=lambda b: b[0])
        model.train()

    def watched():
        for step, batch in enumerate(batches):
            if step and step % 150 == 0:
                watch()
            yield batch

    training.train(model, optimizers, watched(), steps, report=50)
    watch()
    for handle in dropped:
        handle.remove()
    model.load_state_dict(best[1])
    model.to(torch.bfloat16).save_pretrained(corpus.MODEL)


if __name__ == "__main__":
    main()
