"""Makes src/test/resources/inference/*: tiny random Llama checkpoints with two PEFT adapters, and what Hugging Face says of them.

    python llama_fixtures.py ../resources/inference

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
from transformers import LlamaConfig, LlamaForCausalLM

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
}
MIX = {"a_adapter": 0.7, "b_adapter": 0.3}
MODELS = {
    "llama-tied": dict(tie_word_embeddings=True, rope_theta=10_000.0),
    "llama-scaled": dict(
        tie_word_embeddings=False,
        rope_parameters=dict(
            rope_type="llama3",
            rope_theta=500_000.0,
            factor=8.0,
            low_freq_factor=1.0,
            high_freq_factor=4.0,
            original_max_position_embeddings=64,
        ),
    ),
}


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


def write(folder: pathlib.Path, words: Tokenizer, options: dict, seed: int) -> None:
    torch.manual_seed(seed)
    config = LlamaConfig(
        hidden_size=32,
        intermediate_size=52,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        vocab_size=words.get_vocab_size(),
        max_position_embeddings=256,
        bos_token_id=words.token_to_id("<|begin|>"),
        eos_token_id=words.token_to_id("<|end|>"),
        initializer_range=0.3,
        **options,
    )
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad():  # norms of 1 would hide a norm that is left out
        for name, parameter in model.named_parameters():
            if "norm" in name:
                parameter.uniform_(0.5, 1.5)
    model.save_pretrained(folder)
    words.save(str(folder / "tokenizer.json"))

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
    peft.save_pretrained(folder / "adapters")
    for readme in (folder / "adapters").glob("**/README.md"):
        readme.unlink()

    ids = words.encode(LEARNT_FROM[0]).ids[:24]
    logits, greedy = {}, {}

    def ask(case: str) -> None:
        with torch.no_grad():
            logits[case] = peft(torch.tensor([ids])).logits[0].float().contiguous()
            # The end token is ignored: 128 tokens tell more than an early stop.
            out = list(ids)
            for _ in range(128):
                out.append(int(peft(torch.tensor([out])).logits[0, -1].argmax()))
            greedy[case] = out[len(ids) :]

    with peft.disable_adapter():
        ask("base")
    peft.base_model.set_adapter("a_adapter")
    ask("a_adapter")
    peft.base_model.set_adapter(list(MIX))
    for module in peft.modules():
        for name, weight in MIX.items() if isinstance(module, LoraLayer) else ():
            if name in module.scaling:
                module.scaling[name] *= weight
    ask("mix")
    save_file(logits, folder / "expected.safetensors")
    expected = dict(prompt=ids, mix=MIX, greedy=greedy)
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


def main(root: pathlib.Path) -> None:
    words = tokenizer()
    for seed, (name, options) in enumerate(MODELS.items()):
        write(root / name, words, options, seed)
    encodings = [dict(text=text, ids=words.encode(text).ids) for text in TEXTS]
    (root / "encodings.json").write_text(json.dumps(encodings, ensure_ascii=True, indent=0) + "\n")


main(pathlib.Path(sys.argv[1]))
