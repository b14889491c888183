"""The text that the demonstration model is made from, and how a conversation is written for it."""

import csv
import functools
import hashlib
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
CORPUS = ROOT / "src/main/corpus"
MODEL = ROOT / "models/demo"

BEGIN, END, SYSTEM, USER, ASSISTANT = "<|begin|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"
SPECIAL = [BEGIN, END, SYSTEM, USER, ASSISTANT]

CHAT_TEMPLATE = (
    "<|begin|>{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] | trim }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


class Pair:
    """A question, two other ways to ask it, and the answer."""

    def __init__(self, row):
        self.topic, self.question, self.answer = row["topic"], row["question"], row["answer"]
        self.also_asked = row["also_asked"].split(" | ")
        self.split = split_of(self.question)

    def questions(self):
        return [self.question, *self.also_asked]


def split_of(question):
    """One question in seven is held out for the figures, one in fourteen for choices while training."""
    place = hashlib.sha256(question.encode()).digest()[0] % 14
    return "test" if place < 2 else "validation" if place == 2 else "train"


def labels():
    """The 22 sectors and `general`."""
    return sorted(path.stem for path in (CORPUS / "answers").glob("*.tsv"))


@functools.cache
def rows(path):
    """The rows of a table of the corpus, read once."""
    with open(CORPUS / path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def pairs(label, split):
    return [pair for pair in map(Pair, rows(f"answers/{label}.tsv")) if pair.split == split]


def prose(label):
    return (CORPUS / f"prose/{label}.txt").read_text(encoding="utf-8").strip().split("\n\n")


def queries(label):
    """What people ask, without answers: the router's training queries that are written as one would print them."""
    printed = {"polite", "task", "long", "jargon", "indirect", "angry"}
    return [row["text"] for row in rows(f"queries/{label}.tsv") if row["split"] == "train" and row["style"] in printed]


def asked(question):
    """What a question is before its answer."""
    return f"{USER}{question}{END}{ASSISTANT}"


def reference_answers():
    """The held-out pairs as the load generator reads them."""
    yield "id\tsector\tquestion\tanswer"
    for label in labels():
        for number, row in enumerate(rows(f"answers/{label}.tsv"), 1):
            if split_of(row["question"]) == "test":
                yield f"{label}-{number:03d}\t{label}\t{row['question']}\t{row['answer']}"


if __name__ == "__main__":
    (ROOT / "jmeter/data/answers.tsv").write_text("\n".join(reference_answers()) + "\n", encoding="utf-8")
