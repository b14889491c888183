"""Learns the byte-level BPE tokenizer from the corpus and writes it into models/demo."""

import json

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

import corpus

ENTRIES = 6144
# A word takes its leading blank or mark along; digits come one by one; a Turkish suffix after an apostrophe is its own word.
WORDS = r"""[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""


def main():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=ENTRIES,
        special_tokens=corpus.SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts(), trainer)
    corpus.MODEL.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(corpus.MODEL / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": corpus.BEGIN,
        "eos_token": corpus.END,
        "pad_token": corpus.END,
        "model_max_length": 1024,
        "clean_up_tokenization_spaces": False,
        "chat_template": corpus.CHAT_TEMPLATE,
    }
    (corpus.MODEL / "tokenizer_config.json").write_text(json.dumps(settings, ensure_ascii=False, indent=2) + "\n")
    print(f"{tokenizer.get_vocab_size()} entries")


def texts():
    """What is trained on, and nothing that is held out."""
    for label in corpus.labels():
        for pair in corpus.pairs(label, "train"):
            yield from pair.questions()
            yield pair.answer
        yield from corpus.prose(label)
        yield from corpus.queries(label)


if __name__ == "__main__":
    main()
