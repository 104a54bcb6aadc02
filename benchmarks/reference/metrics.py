"""Reference values of metrics and of Student's t from scikit-learn, SciPy and plain NumPy.

    python benchmarks/reference/metrics.py

writes packages/core/src/metrics/__fixtures__/metrics.json and
packages/core/src/stats/__fixtures__/student-t.json.

scikit-learn has no grouped AUC and no calibration error: `gauc*` follow FuxiCTR's `gAUC` (weight: rows
of the group) and RecBole's `GAUC` (weight: positives of the user), `ece` the definition of Guo et al.
2017, all written naively below. sklearn's `ndcg_score` averages over ties, which is the expectation
over random order; the other tie rules shift the tied candidates by a hair.
"""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.metrics import log_loss, ndcg_score, roc_auc_score

CORE = Path(__file__).resolve().parent / "../../packages/core/src"
CLIP = 1e-7


def grouped_auc(user, label, score, weight):
    weights, values = [], []
    for u in np.unique(user):
        own = user == u
        if label[own].min() == label[own].max():
            continue
        weights.append(weight(label[own]))
        values.append(roc_auc_score(label[own], score[own]))
    return float(np.average(values, weights=weights))


def calibration_error(label, score, bins=15):
    edges = np.linspace(0, 1, bins + 1)
    bin_of = np.minimum(np.digitize(score, edges) - 1, bins - 1)
    gaps = [
        (bin_of == b).mean() * abs(score[bin_of == b].mean() - label[bin_of == b].mean())
        for b in np.unique(bin_of)
    ]
    return float(sum(gaps))


def labelled(rng, rows, users, decimals):
    user = rng.integers(0, users, rows)
    score = np.round(rng.beta(1.2, 3, rows), decimals)
    label = (rng.random(rows) < 0.1 + 0.7 * score).astype(int)
    base = label.mean()
    return {
        "numUsers": users,
        "user": user.tolist(),
        "label": label.tolist(),
        "score": score.tolist(),
        "expected": {
            "auc": roc_auc_score(label, score),
            "logloss": log_loss(label, np.clip(score, CLIP, 1 - CLIP)),
            "ne": log_loss(label, np.clip(score, CLIP, 1 - CLIP))
            / log_loss(label, np.full(rows, base)),
            "ece": calibration_error(label, score),
            "gauc": grouped_auc(user, label, score, len),
            "gauc-positives": grouped_auc(user, label, score, np.sum),
            "avgauc": grouped_auc(user, label, score, lambda own: 1),
        },
    }


def ranked(rng, lists, candidates):
    """Lists of one positive, first, and candidates; scores on a coarse grid, so that many tie."""
    score = np.round(rng.random((lists, 1 + candidates)) * 12) / 12
    label = np.zeros_like(score)
    label[:, 0] = 1
    tied = score == score[:, :1]
    tied[:, 0] = False
    shift = {"pessimistic": 1e-3, "expected": 0, "optimistic": -1e-3}
    return {
        "score": score.tolist(),
        "user": (np.arange(lists) // 2).tolist(),
        "ndcg": {
            ties: {k: ndcg_score(label, score + by * tied, k=int(k)) for k in ("1", "3", "10")}
            for ties, by in shift.items()
        },
    }


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value) + "\n")


rng = np.random.default_rng(7)
write(
    CORE / "metrics/__fixtures__/metrics.json",
    {
        "sklearn": sklearn.__version__,
        "labelled": [labelled(rng, 120, 9, 2), labelled(rng, 90, 30, 1), labelled(rng, 80, 4, 12)],
        "ranked": ranked(rng, 14, 19),
    },
)
degrees = [1, 1.5, 2, 3.7, 10, 42, 1000, 250000]
write(
    CORE / "stats/__fixtures__/student-t.json",
    {
        "scipy": scipy.__version__,
        "tails": [
            {"t": t, "degrees": v, "tail": 2 * stats.t.sf(t, v)}
            for v in degrees
            for t in (0.01, 0.7, 2.5, 8, 40)
        ],
        "criticals": [
            {"tail": tail, "degrees": v, "t": stats.t.isf(tail / 2, v)}
            for v in degrees
            for tail in (0.3, 0.05, 0.001)
        ],
    },
)
