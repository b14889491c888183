"""Trains src/test/resources/inference/tokenizers/*/tokenizer.json: small vocabularies in the configurations of well-known models.

    python tokenizer_fixtures.py ../../main/corpus/queries ../resources/inference/tokenizers

Version used: tokenizers 0.23.3, whose unigram trainer gives other scores at each run. Only the vocabularies are small:
normalizers, expressions, decoders and templates are those of the models that the folders are named after.
"""

import itertools
import json
import pathlib
import sys
import unicodedata

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
TEKKEN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# Texts that a search query does not hold and a chat does.
MORE = [
    "def topla(a, b):\n    return a + b\n\nprint(topla(1, 2))  # 12345",
    "https://ornek.example/yol?x=1&y=2",
    "İstanbul'da IĞDIR'dan gelen 3,75 TL'lik ödeme   yapıldı.",
    "I'll say it's what they're doing, don't you've THE'RE?",
] * 20


def special(*names: str, **options) -> list[AddedToken]:
    return [AddedToken(name, special=True, normalized=False, **options) for name in names]


def template(made: Tokenizer, before: str = "", after: str = ""):
    names = [name for name in (before, after) if name]
    return processors.TemplateProcessing(
        single=" ".join(piece for piece in (before, "$A", after) if piece),
        special_tokens=[(name, made.token_to_id(name)) for name in names],
    )


def byte_level(texts, split, normalizer=None, **model) -> Tokenizer:
    made = Tokenizer(models.BPE(**model))
    if normalizer:
        made.normalizer = normalizer
    made.pre_tokenizer = (
        pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(split), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)]
        )
        if split
        else pre_tokenizers.ByteLevel(add_prefix_space=False)
    )
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=1400, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False
        ),
    )
    return made


def sentencepiece(texts, specials: list[str]) -> Tokenizer:
    """BPE over characters, ids in the order of SentencePiece: specials, bytes, the rest."""
    learnt = Tokenizer(models.BPE())
    learnt.pre_tokenizer = pre_tokenizers.Metaspace()
    learnt.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=1100, limit_alphabet=80, show_progress=False))
    model = json.loads(learnt.to_str())["model"]
    names = specials + [f"<0x{b:02X}>" for b in range(256)] + sorted(model["vocab"], key=model["vocab"].get)
    return Tokenizer(
        models.BPE(
            vocab={name: i for i, name in enumerate(names)},
            merges=[tuple(merge) for merge in model["merges"]],
            unk_token="<unk>",
            fuse_unk=True,
            byte_fallback=True,
        )
    )


def llama_decoder():
    return decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )


def llama3(texts) -> Tokenizer:
    made = byte_level(texts, LLAMA3, ignore_merges=True)
    made.add_special_tokens(special("<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"))
    made.add_special_tokens(special("<|start_header_id|>", "<|end_header_id|>"))
    made.post_processor = processors.Sequence([processors.ByteLevel(), template(made, "<|begin_of_text|>")])
    return made


def qwen2(texts) -> Tokenizer:
    made = byte_level(texts, QWEN2, normalizers.NFC())
    made.add_special_tokens(special("<|endoftext|>", "<|im_start|>", "<|im_end|>"))
    made.add_tokens([AddedToken(name, normalized=False) for name in ("<tool_call>", "</tool_call>", "<think>")])
    made.post_processor = processors.ByteLevel(trim_offsets=False)
    return made


def gpt2(texts) -> Tokenizer:
    made = byte_level(texts, None)
    made.add_special_tokens(special("<|endoftext|>") + special("<mask>", lstrip=True) + special("<sep>", rstrip=True))
    made.add_tokens([AddedToken("kredi", single_word=True), AddedToken("İĞ"), AddedToken("çok uzun"), AddedToken("çok")])
    return made


def nemo(texts) -> Tokenizer:
    made = byte_level(texts, TEKKEN, ignore_merges=True)
    made.add_special_tokens(special("<unk>", "<s>", "</s>", "[INST]", "[/INST]"))
    made.post_processor = template(made, "<s>")
    return made


def llama2(texts) -> Tokenizer:
    made = sentencepiece(texts, ["<unk>", "<s>", "</s>"])
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    made.decoder = llama_decoder()
    made.add_special_tokens(special("<unk>", "<s>", "</s>"))
    made.post_processor = template(made, "<s>")
    return made


def mistral(texts) -> Tokenizer:
    names = ["<unk>", "<s>", "</s>", "[INST]", "[/INST]"]
    made = sentencepiece(texts, names)
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    made.decoder = llama_decoder()
    made.add_special_tokens(special(*names))
    made.post_processor = template(made, "<s>")
    return made


def gemma(texts) -> Tokenizer:
    names = ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"]
    spaces = ["\n\n", "\n\n\n", "▁▁", "▁▁▁", "▁▁▁▁"]
    made = sentencepiece(texts, names + [space for space in spaces if space[0] == "\n"])
    made.normalizer = normalizers.Replace(" ", "▁")
    made.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    made.add_special_tokens(special(*names))
    made.add_tokens([AddedToken(space, normalized=False) for space in spaces])
    made.post_processor = template(made, "<bos>")
    return made


def unigram(texts, specials: list[str], byte_fallback: bool) -> Tokenizer:
    learnt = Tokenizer(models.Unigram())
    learnt.pre_tokenizer = pre_tokenizers.Metaspace()
    learnt.train_from_iterator(
        texts, trainers.UnigramTrainer(vocab_size=1200, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False)
    )
    pieces = [(name, 0.0) for name in specials]
    if byte_fallback:
        pieces += [(f"<0x{b:02X}>", 0.0) for b in range(256)]
    pieces += [tuple(piece) for piece in json.loads(learnt.to_str())["model"]["vocab"] if piece[0] not in specials]
    made = Tokenizer(models.Unigram(pieces, specials.index("<unk>"), byte_fallback))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.add_special_tokens(special(*specials))
    return made


def charsmap() -> bytes:
    """SentencePiece's form of replacements (a darts-clone trie and its texts), for some of those in its nmt_nfkc."""
    ranges = (range(0xA0, 0x180), range(0x2000, 0x2070), range(0xFB00, 0xFB07), range(0xFF01, 0xFF5F), range(0x1D400, 0x1D41A))
    rules = {chr(c): unicodedata.normalize("NFKC", chr(c)) for c in itertools.chain(*ranges)}
    rules |= {unicodedata.normalize("NFD", c): c for c in rules if not unicodedata.is_normalized("NFD", c)}
    rules |= {chr(c): "" for c in itertools.chain(range(1, 9), range(14, 32), [0x7F, 0xFEFF])}
    rules |= {c: " " for c in "\t\n\f\r\u200b\u200d\u2028\u3000"}
    texts, places = bytearray(), {}
    for key, text in sorted(rules.items()):
        if key != text:
            places[key.encode()] = len(texts)
            texts += text.encode() + b"\0"
    units, taken, bases = {}, {0}, set()

    def place(at: int, label: int, prefix: bytes) -> None:
        leaf = prefix in places
        children = sorted({key[len(prefix)] for key in places if key.startswith(prefix) and key != prefix})
        wanted = children + [0] * leaf
        base = next(b for b in itertools.count(1) if b not in bases and not any(b ^ c in taken for c in wanted))
        bases.add(base)
        taken.update(base ^ c for c in wanted)
        units[at] = (at ^ base) << 10 | leaf << 8 | label
        if leaf:
            units[base] = 1 << 31 | places[prefix]
        for c in children:
            place(base ^ c, c, prefix + bytes([c]))

    place(0, 0, b"")
    trie = b"".join(units.get(at, 0).to_bytes(4, "little") for at in range((max(units) | 255) + 1))
    return len(trie).to_bytes(4, "little") + trie + bytes(texts)


def t5(texts) -> Tokenizer:
    made = unigram(texts, ["<pad>", "</s>", "<unk>", "<extra_id_0>"], False)
    spaces = [normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "▁")]
    made.normalizer = normalizers.Sequence([normalizers.Precompiled(charsmap()), *spaces])
    made.decoder = decoders.Metaspace()
    made.post_processor = template(made, after="</s>")
    return made


def unigram_bytes(texts) -> Tokenizer:
    made = unigram(texts, ["<unk>", "<s>", "</s>"], True)
    made.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.Lowercase(), normalizers.StripAccents()])
    made.decoder = llama_decoder()
    made.post_processor = template(made, "<s>", "</s>")
    return made


MADE = {
    "llama3-like": llama3,
    "qwen2-like": qwen2,
    "gpt2-like": gpt2,
    "nemo-like": nemo,
    "llama2-like": llama2,
    "mistral-like": mistral,
    "gemma-like": gemma,
    "t5-like": t5,
    "unigram-bytes": unigram_bytes,
}


def main(corpus: pathlib.Path, root: pathlib.Path) -> None:
    lines = [line for file in sorted(corpus.glob("*.tsv")) for line in file.read_text("utf-8").splitlines()[1:]]
    texts = [line.split("\t")[0] for line in lines[::3]] + MORE
    for name, make in MADE.items():
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        make(texts).save(str(folder / "tokenizer.json"), pretty=False)


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
