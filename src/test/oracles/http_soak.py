"""Many HTTP clients, of which some cut their stream, against a running Pusula: python http_soak.py http://127.0.0.1:8080 600 [PID]

Version used: httpx 0.28.1. First 120 requests one by one, over all adapters; then 200 clients at random, a third of whom leave after
one to nine events. Each whole answer must equal that of its solo run. Ends with an error if one does not, if a request fails, or if a
page stays in use. With the server's PID its memory and threads are printed (Linux).
"""

import asyncio
import collections
import json
import random
import sys
import time

import httpx

URL, SECONDS, PID = sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None
CLIENTS, KINDS = 200, 120
counts = collections.Counter()


def process() -> str:
    if PID is None:
        return ""
    with open(f"/proc/{PID}/status") as lines:
        return " ".join(" ".join(line.split()) for line in lines if line.startswith(("VmRSS", "Threads")))


async def ask(client, adapters, kind, leave_after=0):
    body = dict(
        model=adapters[kind % len(adapters)],
        prompt=f"Soru {kind}: kredi faizi",
        max_tokens=8 + kind % 40,
        temperature=0.8 if kind % 2 else 0,
        seed=kind,
        stream=True,
    )
    text, events = "", 0
    async with client.stream("POST", URL + "/v1/completions", json=body) as response:
        if response.status_code == 503:
            return "refused", None
        if response.status_code != 200:
            return "failed", await response.aread()
        async for line in response.aiter_lines():
            if line == "data: [DONE]":
                return "whole", text
            if line.startswith("data: "):
                chunk = json.loads(line[6:])
                if "error" in chunk:
                    return "failed", line
                text += "".join(choice["text"] for choice in chunk["choices"])
                events += 1
                if events == leave_after:
                    return "cut", None
    return "failed", "the stream ended without [DONE]"


async def visit(client, adapters, alone, end, chance):
    while time.monotonic() < end:
        kind = chance.randrange(KINDS)
        how, said = await ask(client, adapters, kind, chance.randrange(1, 10) if chance.random() < 0.3 else 0)
        if how == "whole" and said != alone[kind]:
            how = "wrong"
        if how in ("failed", "wrong"):
            print(how, kind, said)
        counts[how] += 1
        if how == "refused":
            await asyncio.sleep(1)


async def watch(client, end):
    while time.monotonic() < end:
        await asyncio.sleep(SECONDS / 10)
        now = (await client.get(URL + "/api/inference")).json()["statistics"]
        print(dict(counts), {name: now[name] for name in ("running", "waiting", "pages_used")}, process(), flush=True)


async def main():
    limits = httpx.Limits(max_connections=CLIENTS + 1)
    async with httpx.AsyncClient(timeout=120, limits=limits) as client:
        adapters = [adapter["name"] for adapter in (await client.get(URL + "/api/adapters")).json()["adapters"]]
        alone = [(await ask(client, adapters, kind))[1] for kind in range(KINDS)]
        end = time.monotonic() + SECONDS
        await asyncio.gather(
            watch(client, end), *(visit(client, adapters, alone, end, random.Random(i)) for i in range(CLIENTS))
        )
        await asyncio.sleep(6)
        left = (await client.get(URL + "/api/inference")).json()["statistics"]
    print(dict(counts), {name: left[name] for name in ("running", "waiting", "pages_used")}, process())
    assert counts["whole"] and not counts["failed"] and not counts["wrong"] and not left["pages_used"]


asyncio.run(main())
