"""Makes src/test/resources/inference/*: tiny random checkpoints with three PEFT adapters, and what Hugging Face says of them.

    python family_fixtures.py ../resources/inference [NAME...]

Versions used: torch 2.15.0 (CPU), transformers 5.24.0, peft 0.21.2, tokenizers 0.23.3, safetensors as they require.
Each folder holds a checkpoint, adapters/, expected.safetensors (float32 logits of every position of the prompt) and expected.json
(the prompt's ids and 128 greedy tokens). encodings.json holds texts with the ids that the tokenizers library gives them.
"""

import json
import pathlib
import sys

import torch
from peft import LoraConfig, get_peft_model
from peft.tuners.lora import LoraLayer
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoConfig, AutoModelForCausalLM

# Llama 3's own splitting expression (its tokenizer.json).
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LEARNT_FROM = [
    "Banka kredisi almak istiyorum, faiz oranları nedir?",
    "Kasko hasarı nasıl bildirilir, eksper ne zaman gelir?",
    "Şantiyede beton dökümü için hava sıcaklığı kaç derece olmalı?",
    "Çiftçi kayıt sistemi başvurusu ne zaman bitiyor, gübre desteği aldım mı?",
    "İstanbul'da otobüs seferleri gecikiyor, IĞDIR uçağı kalktı mı?",
]
TEXTS = LEARNT_FROM + [
    "",
    " ",
    "a",
    "KREDİ FAİZİ IĞDIR'da %3,75'e çıktı!",
    "  iki boşluk  ve\tsekme\n\nyeni satır \r\n son ",
    "İ ı i I ş Ş ğ Ğ â î û Â",
    "I\u0307stanbul sag\u0306lık c\u0327iftc\u0327i",  # decomposed
    "🚀🇹🇷👨\u200d👩\u200d👧 emoji",
    "def topla(a, b):\n    return a + b  # 12345 67",
    "https://ornek.example/yol?x=1&y=2",
    "مرحبا שלום 你好 Здравствуй",
    "\u0000\u0001\u007f\u200b\ufeff",
    "<|begin|> özel <|end|> parça",
    "can't won't I'LL they're",
    "a" * 200,
]
ADAPTERS = {
    "a_adapter": dict(r=4, lora_alpha=8, target_modules="all-linear"),
    "b_adapter": dict(
        r=2,
        lora_alpha=6,
        use_rslora=True,
        target_modules=["q_proj", "v_proj", "down_proj"],
        rank_pattern={"down_proj": 3},
        alpha_pattern={"v_proj": 5},
    ),
    "c_adapter": dict(r=3, lora_alpha=6, target_modules=["o_proj", "gate_proj", "up_proj"]),
}
MIX = {"a_adapter": 0.5, "b_adapter": 0.3, "c_adapter": 0.2}


def rope(rope_type: str = "default", rope_theta: float = 10_000.0, **more) -> dict:
    return dict(rope_type=rope_type, rope_theta=rope_theta, **more)


# A seed, what Hugging Face calls the family, and what its config has beside what SHAPE says.
MODELS = {
    "llama-tied": (17, "llama", dict(hidden_size=32, intermediate_size=52, tie_word_embeddings=True, rope_parameters=rope())),
    "llama-scaled": (
        1,
        "llama",
        dict(
            rope_parameters=rope(
                "llama3",
                500_000.0,
                factor=8.0,
                low_freq_factor=1.0,
                high_freq_factor=4.0,
                original_max_position_embeddings=64,
            ),
        ),
    ),
    "llama-rope-linear": (31, "llama", dict(tie_word_embeddings=True, rope_parameters=rope("linear", factor=4.0))),
    # No attention_factor: it follows from the factor, as it does for every published checkpoint.
    "llama-rope-yarn": (
        25,
        "llama",
        dict(
            head_dim=16,
            tie_word_embeddings=True,
            rope_parameters=rope("yarn", factor=4.0, beta_fast=2.0, beta_slow=1.0, original_max_position_embeddings=64),
        ),
    ),
    "mistral": (3, "mistral", dict(sliding_window=12, rope_parameters=rope())),
    # Its config has no head_dim: hidden_size over num_attention_heads.
    "qwen2": (
        60,
        "qwen2",
        dict(
            num_attention_heads=3,
            num_key_value_heads=1,
            head_dim=None,
            use_sliding_window=False,
            tie_word_embeddings=True,
            rope_parameters=rope("default", 1_000_000.0),
        ),
    ),
    "qwen3": (7, "qwen3", dict(head_dim=16, tie_word_embeddings=True, rope_parameters=rope("default", 1_000_000.0))),
    "gemma2": (
        52,
        "gemma2",
        dict(
            num_hidden_layers=3,
            num_key_value_heads=2,
            pad_token_id=None,
            tie_word_embeddings=True,
            sliding_window=8,
            query_pre_attn_scalar=12,
            attn_logit_softcapping=10.0,
            final_logit_softcapping=20.0,
        ),
    ),
    "gemma3": (
        1100,
        "gemma3_text",
        dict(
            num_hidden_layers=3,
            num_key_value_heads=1,
            pad_token_id=None,  # by default 0, whose embedding is zeroed: here it is the begin token
            tie_word_embeddings=True,
            sliding_window=8,
            layer_types=["sliding_attention", "full_attention", "sliding_attention"],
            query_pre_attn_scalar=12,
            final_logit_softcapping=8.0,
            rope_parameters=dict(
                sliding_attention=rope(),
                full_attention=rope("linear", 1_000_000.0, factor=8.0),
            ),
        ),
    ),
}
SHAPE = dict(
    hidden_size=24,
    intermediate_size=40,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=8,
    max_position_embeddings=256,
    tie_word_embeddings=False,
    initializer_range=0.3,
)


def tokenizer() -> Tokenizer:
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(
        LEARNT_FROM,
        trainers.BpeTrainer(
            vocab_size=320,
            special_tokens=["<|begin|>", "<|end|>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    made.post_processor = processors.TemplateProcessing(
        single="<|begin|> $A", special_tokens=[("<|begin|>", made.token_to_id("<|begin|>"))]
    )
    return made


def model_of(words: Tokenizer, seed: int, family: str, options: dict):
    torch.manual_seed(seed)
    ends = dict(bos_token_id=words.token_to_id("<|begin|>"), eos_token_id=words.token_to_id("<|end|>"))
    shape = {name: value for name, value in (SHAPE | options).items() if value is not None or name != "head_dim"}
    config = AutoConfig.for_model(family, vocab_size=words.get_vocab_size(), **ends, **shape)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name:  # norms of 1 would hide a norm that is left out (Gemma's add 1 to what is here)
                parameter.uniform_(0.5, 1.5)
            elif name.endswith("bias"):  # as made, zero
                parameter.normal_(std=0.5)
    return model


def adapted(model):
    peft = None
    for name, lora in ADAPTERS.items():
        lora = LoraConfig(task_type="CAUSAL_LM", lora_dropout=0.0, **lora)
        if peft is None:
            peft = get_peft_model(model, lora, adapter_name=name)
        else:
            peft.add_adapter(name, lora)
    with torch.no_grad():  # as made, B is zero
        for name, parameter in peft.named_parameters():
            if "lora_" in name:
                parameter.normal_(std=0.2)
    return peft


def answer(peft, ids: list[int]) -> tuple[torch.Tensor, list[int]]:
    """The logits of each of the prompt's positions, and 128 greedy tokens: the end token is ignored."""
    out = list(ids)
    with torch.no_grad():
        logits = peft(torch.tensor([ids])).logits[0].float().contiguous()
        for _ in range(128):
            last = peft(torch.tensor([out]), use_cache=False).logits[0, -1]
            first, second = last.topk(2).values
            assert first - second > 1e-3 * last.abs().max(), "a near tie: take another seed"
            out.append(int(last.argmax()))
    greedy = out[len(ids) :]
    assert len(set(greedy)) > 20, "a loop tells little: take another seed"
    return logits, greedy


def answers(peft, ids: list[int]):
    """What answer says of each case, by the case's name."""
    with peft.disable_adapter():
        yield "base", answer(peft, ids)
    peft.base_model.set_adapter("a_adapter")
    yield "a_adapter", answer(peft, ids)
    peft.base_model.set_adapter(list(MIX))
    for module in peft.modules():
        for name, weight in MIX.items() if isinstance(module, LoraLayer) else ():
            if name in module.scaling:
                module.scaling[name] *= weight
    yield "mix", answer(peft, ids)


def write(folder: pathlib.Path, words: Tokenizer, seed: int, family: str, options: dict) -> None:
    model = model_of(words, seed, family, options)
    model.save_pretrained(folder)
    words.save(str(folder / "tokenizer.json"))
    peft = adapted(model)
    peft.save_pretrained(folder / "adapters")
    for readme in (folder / "adapters").glob("**/README.md"):
        readme.unlink()
    for path in (folder / "adapters").glob("*/adapter_config.json"):  # a set's order is another one each time
        said = json.loads(path.read_text())
        said["target_modules"].sort()
        path.write_text(json.dumps(said, indent=2, sort_keys=True) + "\n")
    ids = words.encode(LEARNT_FROM[0]).ids[:24]
    cases = dict(answers(peft, ids))
    save_file({case: logits for case, (logits, _) in cases.items()}, folder / "expected.safetensors")
    expected = dict(prompt=ids, mix=MIX, greedy={case: greedy for case, (_, greedy) in cases.items()})
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


def main(root: pathlib.Path, names: list[str]) -> None:
    torch.set_num_threads(1)
    words = tokenizer()
    for name in names or MODELS:
        write(root / name, words, *MODELS[name])
    encodings = [dict(text=text, ids=words.encode(text).ids) for text in TEXTS]
    (root / "encodings.json").write_text(json.dumps(encodings, ensure_ascii=True, indent=0) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2:])
