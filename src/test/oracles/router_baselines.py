"""Other classifiers trained on the router's corpus and measured on its test splits, for docs/measurements.

    python router_baselines.py ../../main/corpus ../../main/resources/sectors.yaml [keywords] [svm] [fasttext]

Versions used: scikit-learn 1.9.1, fasttext-wheel 0.9.2, PyYAML 6. The predecessor's keyword rule is a substring test on
text lowered by English rules; the sector with the most keywords found wins, none found is general.
"""

import collections
import glob
import math
import pathlib
import sys
import tempfile

import fasttext
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.svm import LinearSVC


def read(pattern):
    rows = []
    for name in sorted(glob.glob(str(pattern))):
        lines = pathlib.Path(name).read_text(encoding="utf-8").splitlines()
        header = lines[0].split("\t")
        rows += [dict(zip(header, line.split("\t"))) for line in lines[1:] if line.strip()]
    return rows


def lower(text):
    return text.replace("İ", "i").replace("I", "ı").lower()


def wilson(hits, n, z=1.959963984540054):
    p = hits / n
    centre, spread = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (centre - spread) / (1 + z * z / n), (centre + spread) / (1 + z * z / n)


def macro_f1(truth, said):
    labels = sorted(set(truth) | set(said))
    both, t, s = collections.Counter(), collections.Counter(truth), collections.Counter(said)
    both.update(a for a, b in zip(truth, said) if a == b)
    return sum(2 * both[label] / (t[label] + s[label]) for label in labels) / len(labels)


def report(name, predict):
    cells = []
    for split in ("test", "hard"):
        rows = [row for row in queries if row["split"] == split]
        truth, said = [row["sector"] for row in rows], predict([row["text"] for row in rows])
        hits = sum(a == b for a, b in zip(truth, said))
        low, high = wilson(hits, len(rows))
        cells.append(f"{hits / len(rows):.4f} ({low:.4f}…{high:.4f}) | {macro_f1(truth, said):.4f}")
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def keywords(texts):
    said = []
    for text in texts:
        low = text.lower()
        found = {s["id"]: sum(str(k).lower() in low for k in s["keywords"]) for s in sectors}
        best = max(found, key=lambda sector: found[sector])
        said.append(best if found[best] else "general")
    return said


def support_vectors():
    words = TfidfVectorizer(preprocessor=lower, ngram_range=(1, 2), sublinear_tf=True)
    grams = TfidfVectorizer(preprocessor=lower, analyzer="char_wb", ngram_range=(3, 6), sublinear_tf=True)
    for name, features in (("words", words), ("words + characters", FeatureUnion([("w", words), ("c", grams)]))):
        model = make_pipeline(features, LinearSVC(C=0.5)).fit(texts, labels)
        report(f"TF-IDF + linear SVM, {name} (scikit-learn)", model.predict)


def fast_text():
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        for text, label in zip(texts, labels):
            file.write(f"__label__{label} {lower(text)}\n")
        file.flush()
        for epoch, rate, dim in ((25, 0.5, 100), (50, 0.5, 100), (25, 1.0, 50), (50, 0.2, 200)):
            model = fasttext.train_supervised(
                file.name, epoch=epoch, lr=rate, dim=dim, wordNgrams=2, minn=3, maxn=6, bucket=2_000_000, thread=2, verbose=0
            )
            predict = lambda some: [model.f.predict(lower(t) + "\n", 1, 0.0, "strict")[0][1][9:] for t in some]
            report(f"fastText, epochs {epoch}, rate {rate}, dim {dim}, n-grams 3–6", predict)


folder = pathlib.Path(sys.argv[1])
sectors = yaml.safe_load(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"))["sectors"]
queries = read(folder / "queries/*.tsv")
trained = [row for row in queries if row["split"] == "train"] + read(folder / "lexicon/*.tsv")
texts, labels = [row["text"] for row in trained], [row["sector"] for row in trained]
rows = dict(keywords=lambda: report("keyword substring, as the predecessor", keywords), svm=support_vectors, fasttext=fast_text)
print("| classifier | test accuracy (95 %) | macro-F1 | hard accuracy (95 %) | macro-F1 |\n|---|---|---|---|---|")
for row in sys.argv[3:] or rows:
    rows[row]()
