"""Trains one LoRA adapter a label on the frozen base and saves each as PEFT saves it."""

import argparse
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaForCausalLM

import corpus
import training

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
BATCH = 2
BASE = "pusula-demo"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("labels", nargs="*", default=corpus.labels(), help="all by default")
    arguments.add_argument("--epochs", type=int, default=4)
    arguments.add_argument("--rank", type=int, default=8)
    arguments.add_argument("--rate", type=float, default=1e-3)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--threads", type=int, default=2)
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    for label in options.labels:
        adapter(label, options)


def adapter(label, options):
    rng = training.seeded(options.seed)
    since = time.time()
    documents = training.Documents(training.tokenizer(), answers_only=True)
    base = LlamaForCausalLM.from_pretrained(corpus.MODEL, dtype=torch.float32)
    model = get_peft_model(
        base,
        LoraConfig(
            r=options.rank,
            lora_alpha=2 * options.rank,
            lora_dropout=0.1,
            target_modules=PROJECTIONS,
            task_type="CAUSAL_LM",
            base_model_name_or_path=BASE,
        ),
    )
    training.drop(base.model.layers)
    held_out = corpus.pairs(label, "validation")
    with model.disable_adapter():
        before = training.perplexity(model, documents, held_out)
    passes = [training.windows(training.epoch(documents, label, rng, False), rng) for _ in range(options.epochs)]
    batches = [batch for ids, learnt in passes for batch in zip(ids.split(BATCH), learnt.split(BATCH))]
    optimizer = torch.optim.AdamW(
        [p for p in model.parameters() if p.requires_grad], lr=options.rate, weight_decay=0.05
    )
    training.train(model, [optimizer], batches, len(batches), report=0, warm_up=10)
    after = training.perplexity(model, documents, held_out)
    print(f"{label}: validation perplexity {before:.2f} -> {after:.2f}, {time.time() - since:.0f} s", flush=True)
    model.peft_config["default"].inference_mode = True
    # PEFT has put the folder of this machine there.
    model.peft_config["default"].base_model_name_or_path = BASE
    folder = corpus.MODEL / f"adapters/{label}_adapter"
    model.to(torch.bfloat16).save_pretrained(folder)
    # A form without content.
    (folder / "README.md").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
