"""Checks of this folder against definitions written out a second time: `python benchmarks/privacy/check.py`."""

import csv
import gzip
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F

from dp_sgd import Training, auc
from encode import Data, hash_of

FEATURES = [
    {"column": "site", "rule": {"kind": "value", "hash": 5}},
    {"column": "tags", "rule": {"kind": "list", "separator": " ", "length": 3, "pooling": "mean", "hash": 4}},
    {"column": "item", "rule": {"kind": "value"}},
]
ROWS = [
    ("ann", "a", "x y", "i1", 1),
    ("bob", "b", "x x z", "i2", 0),
    ("ann", "a", "", "i1", 0),
    ("cas", "c", "y", "i3", 1),
    ("bob", "a", "z", "i1", 1),
]
MODEL = {"kind": "deepfm", "width": 3, "hidden": [4], "embeddingStd": 0.5}


def check(claim, holds):
    print(f"{'ok' if holds else 'WRONG'}: {claim}")
    if not holds:
        raise SystemExit(1)


def data():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv.gz"
        with gzip.open(path, "wt", newline="") as file:
            csv.writer(file).writerows([("who", "site", "tags", "item", "click"), *ROWS])
        request = {"files": {"train": path, "test": path}, "features": FEATURES, "minCount": 1}
        return Data({**request, "label": {"column": "click"}, "user": "who"})


def loop(training, units, norm):
    """The clipped sum by one backward pass for each unit, over whole tables."""
    numbers = {**training.dense, **training.tables}
    total = {name: torch.zeros_like(value) for name, value in numbers.items()}
    for rows in units:
        for value in numbers.values():
            value.grad = None
            value.requires_grad_(True)
        _, inputs = training.inputs("train", rows)
        logits = training.logits(*inputs)
        F.binary_cross_entropy_with_logits(logits, training.data.label["train"][rows]).backward()
        for value in numbers.values():
            value.requires_grad_(False)
        for name in training.tables:
            numbers[name].grad[training.data.is_padding] = 0
        size = torch.cat([value.grad.flatten() for value in numbers.values()]).norm()
        for name, value in numbers.items():
            total[name] += value.grad * min(1, norm / size)
    return total


rows = data()
for unit, units in (
    ("example", [torch.tensor([i]) for i in range(len(ROWS))]),
    ("user", [torch.tensor([0, 2]), torch.tensor([1, 4]), torch.tensor([3])]),
):
    for norm in (1e9, 0.1):
        training = Training(
            rows,
            {
                "seed": 1,
                "model": MODEL,
                "training": {
                    "batchSize": 100,
                    "passes": 1,
                    "optimiser": {"kind": "sgd", "learningRate": 1, "weightDecay": 0},
                },
                "privacy": {"unit": unit, "rowsPerUser": 10, "clipNorm": norm, "noiseMultiplier": 0},
            },
        )
        # Batches have room for more units than there are: every one of them takes part.
        dense, tables = training.zeros()
        for at, owner in training.chunks(torch.arange(training.units)):
            training.add_clipped(at, owner, norm, dense, tables)
        expected = loop(training, units, norm)
        close = all(
            torch.allclose({**dense, **tables}[name], value, atol=1e-6)
            for name, value in expected.items()
        )
        check(f"clipped sums are those of a loop over units: {unit}, norm {norm}", close)

check("a hash is Atoll's (hash.ts)", hash_of("blue", 1000) == 920)
check("an AUC with ties", auc(torch.tensor([0.1, 0.4, 0.4, 0.8]), torch.tensor([0.0, 0, 1, 1])) == 0.875)
