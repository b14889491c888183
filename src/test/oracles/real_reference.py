"""What transformers says in float32 of the bf16 weights in real/<model>: python real_reference.py MODEL...

real/<model>-reference.json: a list of cases, each with the prompt (text, or messages with the text that the chat template makes), its ids,
64 greedy tokens (the end token ignored), the gap between the two highest logits at each step, the highest |logit| there, and the five
highest logits of the first step.
"""
import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

HERE = pathlib.Path(__file__).parent
TEXTS = [
    "Türkiye'nin başkenti Ankara, en kalabalık şehri ise",
    "Bir varmış bir yokmuş, evvel zaman içinde, kalbur saman içinde,",
    "İstanbul Boğazı, Karadeniz ile Marmara Denizi'ni birbirine bağlayan",
    "Mercimek çorbası tarifi için gerekli malzemeler: 1 su bardağı kırmızı mercimek, 1 adet soğan,",
    "Konut kredisi başvurusu yapmadan önce gelir belgesi, kimlik fotokopisi ve tapu bilgilerini hazırlamanız gerekir. Bankalar genellikle",
    "Soru: 7 elmanın 3 tanesini yersem kaç elma kalır?\nCevap:",
    "İngilizce: Good morning, how are you?\nTürkçe: Günaydın, nasılsın?\nİngilizce: Where is the train station?\nTürkçe:",
    "def fibonacci(n):\n    \"\"\"n'inci Fibonacci sayısını döndürür.\"\"\"\n",
    "2023 yılında Türkiye İstatistik Kurumu'nun açıkladığı verilere göre yıllık enflasyon oranı yüzde 64,77 olarak gerçekleşti. Gıda fiyatlarındaki"
    " artış ise",
    "Çiftçi Kayıt Sistemi'ne (ÇKS) kayıt olmak isteyen üreticiler, bulundukları ilçenin tarım müdürlüğüne",
    "Kasko poliçesi; çarpma, çalınma, yangın ve doğal afet gibi risklere karşı aracınızı güvence altına alır. Hasar anında yapılması gerekenler:\n1.",
    "Mustafa Kemal Atatürk 1881 yılında",
]
CHATS = [
    [dict(role="user", content="Merhaba, bana İzmir'de gezilecek üç yer önerir misin?")],
    [dict(role="user", content="Betonun priz alma süresi nedir?")],
    [dict(role="user", content="Şu cümleyi İngilizceye çevir: Yarın hava yağmurlu olacak.")],
    [dict(role="system", content="Kısa ve kibar yanıt ver."), dict(role="user", content="Kredi kartımı kaybettim, ne yapmalıyım?")],
    [dict(role="user", content="12 ile 30'un en büyük ortak böleni kaçtır? Adım adım anlat.")],
    [
        dict(role="user", content="Adım Ayşe."),
        dict(role="assistant", content="Memnun oldum Ayşe, nasıl yardımcı olabilirim?"),
        dict(role="user", content="Adımı hatırlıyor musun?"),
    ],
    [dict(role="user", content="Python'da bir listeyi tersten sıralayan kod yaz. 🙂")],
    [dict(role="user", content="Deprem çantasında neler bulunmalı? Madde madde yaz.")],
]
# Past Gemma's window of 512 tokens.
LONG = " ".join(TEXTS[i] for i in (2, 4, 8, 9, 10, 11) * 5)


def case(model, tokenizer, **prompt) -> dict:
    if "messages" in prompt:
        prompt["text"] = tokenizer.apply_chat_template(prompt["messages"], add_generation_prompt=True, tokenize=False)
    ids = tokenizer(prompt["text"], add_special_tokens="messages" not in prompt).input_ids
    tokens, gaps, largest, first = [], [], [], None
    with torch.no_grad():
        said = model(torch.tensor([ids]), use_cache=True)
        for _ in range(64):
            last = said.logits[0, -1]
            best = last.topk(5)
            first = first or dict(tokens=best.indices.tolist(), logits=best.values.tolist())
            tokens.append(int(best.indices[0]))
            gaps.append(float(best.values[0] - best.values[1]))
            largest.append(float(last.abs().max()))
            cache = said.cache if hasattr(said, "cache") else said.past_key_values
            said = model(torch.tensor([tokens[-1:]]), past_key_values=cache, use_cache=True)
    return dict(prompt, ids=ids, greedy=tokens, said=tokenizer.decode(tokens), gaps=gaps, largest=largest, first=first)


def main(names: list[str]) -> None:
    torch.set_num_threads(1)
    for name in names:
        folder = HERE / "real" / name
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
        cases = [case(model, tokenizer, text=text) for text in TEXTS]
        cases += [case(model, tokenizer, messages=messages) for messages in CHATS]
        cases.append(case(model, tokenizer, text=LONG))
        (HERE / "real" / f"{name}-reference.json").write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n")
        for c in cases:
            near = sum(gap < 1e-3 * high for gap, high in zip(c["gaps"], c["largest"]))
            print(len(c["ids"]), f"{min(c['gaps']):.4f}", near, repr(c["said"][:100]))


if __name__ == "__main__":
    main(sys.argv[1:])
