"""llama.cpp's speed, as JSON lines: python llama_cpp_speed.py [--model GGUF] [--adapters GGUF...] [--only bench|adapters] [--threads 2]

bench: llama-bench of llama.cpp-build (pp512, pp64, tg128 after 16 tokens), median and range of 5 repetitions.
adapters: 16 requests of 64 tokens on 8 LoRA adapters, two requests an adapter, straight on llama_decode with no sampling (the next tokens
are random), which is as much as llama.cpp can batch: a decode has one set of adapters for all that is in its batch. Its ways:
  by-adapter    one adapter after the other: two prompts of 32 tokens, then 64 decodes of 2
  round-robin   all 16 requests go on together: each step sets each of the 8 adapters once, for a decode of 2
  one-adapter   all 16 requests on one adapter, 64 decodes of 16: what it would do were adapters no matter
  base          the same with none
Each line has load (the machine's 1-minute load average, before) and cpu (CPU seconds over wall seconds × threads, of this work): well
under 0.9 says that other processes had the cores, so the figure is low.
"""

import argparse
import ctypes
import json
import os
import pathlib
import random
import resource
import statistics
import subprocess
import time

HERE = pathlib.Path(__file__).parent
REQUESTS, TOKENS, PROMPT = 16, 64, 32


def cpu_seconds(who) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


WAIT = 0.0  # at most this many seconds, before each test, for a machine of which little is in use


def load_when_idle() -> float:
    def times():
        fields = [int(x) for x in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
        return fields[3] + fields[4], sum(fields)

    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        (idle, total), _ = times(), time.sleep(3)
        now_idle, now_total = times()
        if now_idle - idle > 0.93 * (now_total - total):
            break
    return os.getloadavg()[0]


def tell(**line) -> None:
    print(json.dumps(line), flush=True)


def spread(rates: list[float]) -> dict:
    return dict(median=round(statistics.median(rates), 2), min=round(min(rates), 2), max=round(max(rates), 2), n=len(rates))


def bench(model: pathlib.Path, threads: int, repetitions: int) -> None:
    # One process for each: its CPU seconds are those of that test (and of its loading, which is short).
    for name, test in {
        "pp512": ["-p", "512", "-n", "0"],
        "pp64": ["-p", "64", "-n", "0"],
        "tg128": ["-p", "0", "-n", "128", "-d", "16"],
    }.items():
        load, cpu, start = load_when_idle(), cpu_seconds(resource.RUSAGE_CHILDREN), time.monotonic()
        command = [HERE / "llama.cpp-build/bin/llama-bench", "-m", model, "-t", str(threads), "-r", str(repetitions), "-o", "jsonl", *test]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        share = (cpu_seconds(resource.RUSAGE_CHILDREN) - cpu) / (time.monotonic() - start) / threads
        for line in out.splitlines():
            rates = json.loads(line)["samples_ts"]
            tell(model=model.name, test=name, unit="tokens/s", threads=threads, **spread(rates), load=round(load, 1), cpu=round(share, 2))


class Llama:
    def __init__(self, model: pathlib.Path, adapters: list[pathlib.Path], threads: int):
        import llama_cpp

        self.api = api = llama_cpp
        self.quiet = api.llama_log_callback(lambda *_: None)
        api.llama_log_set(self.quiet, ctypes.c_void_p(0))
        api.llama_backend_init()
        self.model = api.llama_model_load_from_file(str(model).encode(), api.llama_model_default_params())
        assert self.model
        self.vocabulary = api.llama_vocab_n_tokens(api.llama_model_get_vocab(self.model))
        self.adapters = [api.llama_adapter_lora_init(self.model, str(path).encode()) for path in adapters]
        assert all(self.adapters)
        params = api.llama_context_default_params()
        params.n_ctx = REQUESTS * 256
        params.n_seq_max = REQUESTS
        params.n_batch = params.n_ubatch = 512
        params.n_threads = params.n_threads_batch = threads
        self.context = api.llama_init_from_model(self.model, params)
        assert self.context
        self.batch = api.llama_batch_init(512, 0, 1)
        self.random = random.Random(0)

    def use(self, adapter) -> None:
        chosen = [] if adapter is None else [adapter]
        scales = (ctypes.c_float * 1)(1.0)
        assert self.api.llama_set_adapters_lora(self.context, (self.api.llama_adapter_lora_p_ctypes * 1)(*chosen), len(chosen), scales) == 0

    def decode(self, requests: list[int], position: int, length: int) -> None:
        n = 0
        for request in requests:
            for i in range(length):
                self.batch.token[n] = self.random.randrange(1000, self.vocabulary - 1000)
                self.batch.pos[n] = position + i
                self.batch.n_seq_id[n] = 1
                self.batch.seq_id[n][0] = request
                self.batch.logits[n] = i == length - 1
                n += 1
        self.batch.n_tokens = n
        assert self.api.llama_decode(self.context, self.batch) == 0
        self.api.llama_get_logits(self.context)  # which waits for them

    def clear(self) -> None:
        self.api.llama_memory_clear(self.api.llama_get_memory(self.context), True)


def groups(adapters: list) -> list[tuple]:
    each = REQUESTS // len(adapters)
    return [(adapter, list(range(i * each, (i + 1) * each))) for i, adapter in enumerate(adapters)]


def concurrent(llama: Llama, name: str) -> tuple[float, float]:
    """Seconds of the prompts, and of the tokens after them."""
    sets = {"one-adapter": lambda: groups(llama.adapters[:1]), "base": lambda: groups([None])}.get(name, lambda: groups(llama.adapters))()
    llama.clear()
    prompts = tokens = 0.0
    for turn in [[one] for one in sets] if name == "by-adapter" else [sets]:
        start = time.perf_counter()
        for adapter, requests in turn:
            llama.use(adapter)
            llama.decode(requests, 0, PROMPT)
        middle = time.perf_counter()
        for step in range(TOKENS):
            for adapter, requests in turn:
                if len(turn) > 1:
                    llama.use(adapter)
                llama.decode(requests, PROMPT + step, 1)
        prompts += middle - start
        tokens += time.perf_counter() - middle
    return prompts, tokens


def adapters(model: pathlib.Path, loras: list[pathlib.Path], threads: int, repetitions: int) -> None:
    llama = Llama(model, loras, threads)
    for name in ("by-adapter", "round-robin", "one-adapter", "base"):
        load, decoding, all_told = load_when_idle(), [], []
        llama.use(None)
        llama.clear()
        llama.decode([0], 0, PROMPT)  # a warm-up
        cpu, start = cpu_seconds(resource.RUSAGE_SELF), time.monotonic()
        for _ in range(repetitions):
            prompts, tokens = concurrent(llama, name)
            decoding.append(REQUESTS * TOKENS / tokens)
            all_told.append(REQUESTS * TOKENS / (prompts + tokens))
        share = (cpu_seconds(resource.RUSAGE_SELF) - cpu) / (time.monotonic() - start) / threads
        about = dict(model=model.name, test=f"16x64 {name}", adapters=len(loras), threads=threads, load=round(load, 1), cpu=round(share, 2))
        tell(**about, unit="decoded tokens/s", **spread(decoding))
        tell(**about, unit="decoded tokens/s, prompts' time included", **spread(all_told))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=pathlib.Path, default=HERE / "gguf/gemma-3-270m-bf16.gguf")
    parser.add_argument("--adapters", type=pathlib.Path, nargs="+", default=sorted((HERE / "gguf").glob("gemma-3-270m-adapter*.gguf")))
    parser.add_argument("--only", choices=("bench", "adapters"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--wait", type=float, default=0, help="seconds to wait for an idle machine, at most, before each test")
    given = parser.parse_args()
    globals()["WAIT"] = given.wait
    if given.only != "adapters":
        bench(given.model, given.threads, given.repetitions)
    if given.only != "bench":
        adapters(given.model, given.adapters, given.threads, given.repetitions)


main()
