"""Writes what a running Pusula answers to the first ten held-out questions of every sector, greedily, as Markdown.

    ./pusula serve --port 8080 &
    python3 src/test/oracles/answer_samples.py http://127.0.0.1:8080 > samples.md

Needs Python's standard library alone. Nothing is left out or chosen.
"""

import csv
import json
import sys
import urllib.request

EACH = 10


def main():
    server = sys.argv[1]
    with open("jmeter/data/answers.tsv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for sector in sorted({row["sector"] for row in rows}):
        print(f"\n## {sector}\n\n| asked | answered by the sector's adapter |\n|---|---|")
        for row in [row for row in rows if row["sector"] == sector][:EACH]:
            print(f"| {row['question']} | {answer(server, sector, row['question'])} |")


def answer(server, sector, question):
    model = "general_adapter" if sector == "general" else sector
    body = {
        "model": model,
        "temperature": 0,
        "max_tokens": 160,
        "messages": [{"role": "user", "content": question}],
    }
    request = urllib.request.Request(
        f"{server}/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)["choices"][0]["message"]["content"].replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    main()
