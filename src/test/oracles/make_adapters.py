"""Eight random LoRA adapters (rank 8, alpha 16, all-linear) of real/<model>: in PEFT form, and as GGUF: python make_adapters.py [MODEL]"""
import pathlib, subprocess, sys
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

HERE = pathlib.Path(__file__).parent
name = sys.argv[1] if len(sys.argv) > 1 else "gemma-3-270m"
folder = HERE / "real" / name
torch.set_num_threads(1)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
names = [f"adapter{i}" for i in range(8)]
peft = None
for seed, adapter in enumerate(names):
    torch.manual_seed(seed)
    lora = LoraConfig(task_type="CAUSAL_LM", r=8, lora_alpha=16, lora_dropout=0.0, target_modules="all-linear")
    if peft is None:
        peft = get_peft_model(model, lora, adapter_name=adapter)
    else:
        peft.add_adapter(adapter, lora)
with torch.no_grad():
    for key, parameter in peft.named_parameters():
        if "lora_B" in key:
            parameter.normal_(std=0.01)
        if "lora_" in key:  # values that bf16 holds
            parameter.copy_(parameter.bfloat16().float())
peft.save_pretrained(folder / "adapters")
for adapter in names:
    (folder / "adapters/README.md").unlink(missing_ok=True)
    (folder / "adapters" / adapter / "adapter_model.safetensors").chmod(0o644)
    out = HERE / "gguf" / f"{name}-{adapter}-f16.gguf"
    convert = HERE / "downloads/llama_cpp_python-0.3.36/vendor/llama.cpp/convert_lora_to_gguf.py"
    subprocess.run(
        [sys.executable, convert, folder / "adapters" / adapter, "--base", folder, "--outfile", out, "--outtype", "f16"], check=True,
        stdout=subprocess.DEVNULL, stderr=sys.stderr if adapter == names[0] else subprocess.DEVNULL)
