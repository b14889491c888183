"""The GGUF found in the package, its weights rounded to bf16 as in the Hugging Face folder: python make_gguf.py SOURCE OUT HF_FOLDER"""
import sys
import numpy as np, torch
from gguf import GGUFReader, GGUFWriter, GGMLQuantizationType as T, GGUFValueType as V
from gguf.quants import dequantize
from safetensors.torch import load_file

source, out, folder = sys.argv[1:]
reader = GGUFReader(source)
writer = GGUFWriter(out, reader.get_field("general.architecture").contents())
for name, field in reader.fields.items():
    if name.startswith("GGUF.") or name in ("general.architecture", "general.file_type", "general.quantization_version"):
        continue
    kind = field.types[0]
    writer.add_key_value(name, field.contents(), kind, sub_type=field.types[-1] if kind == V.ARRAY else None)
writer.add_file_type(32)  # MOSTLY_BF16
ours = {}
for tensor in reader.tensors:
    values = np.array(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
    if tensor.tensor_type == T.F32:
        writer.add_tensor(tensor.name, values)
        ours[tensor.name] = torch.tensor(values)
    else:
        rounded = torch.tensor(values).to(torch.bfloat16)
        ours[tensor.name] = rounded
        writer.add_tensor(tensor.name, rounded.view(torch.uint8).numpy().reshape(*values.shape[:-1], -1), raw_dtype=T.BF16)
writer.write_header_to_file(); writer.write_kv_data_to_file(); writer.write_tensors_to_file(); writer.close()
# The same weights as the folder's?
hf = load_file(folder + "/model.safetensors")
gemma = "gemma" in out
NAMES = {"attn_k": "self_attn.k_proj", "attn_q": "self_attn.q_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm",
    "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm",
    "post_attention_norm": "post_attention_layernorm", "post_ffw_norm": "post_feedforward_layernorm",
    "ffn_norm": "pre_feedforward_layernorm" if gemma else "post_attention_layernorm"}
same = 0
for name, value in ours.items():
    part = name.split(".")
    key = {"token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight"}.get(name)
    if name in ("rope_freqs.weight",): continue
    key = key or f"model.layers.{part[1]}.{NAMES[part[2]]}.weight"
    want = hf[key]
    if value.dtype == torch.float32:
        want = want.float() + (1 if gemma else 0)
    elif not gemma and part[2:3] and part[2] in ("attn_q", "attn_k"):
        heads = want.shape[0] // 64
        want = want.view(heads, 2, 32, -1).swapaxes(1, 2).reshape(want.shape)
    if torch.equal(value, want): same += 1
    else: print("differs", name, (value.float() - want.float()).abs().max())
print(same, "of", len(ours), "tensors equal those of", folder, "which has", len(hf))
