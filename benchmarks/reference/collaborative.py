"""Reference values of item-kNN (scikit-learn), EASE (NumPy) and LightGCN (PyTorch) on a small world.

    python benchmarks/reference/collaborative.py

writes packages/core/src/models/collaborative/__fixtures__/collaborative.json.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics.pairwise import cosine_similarity

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/models/collaborative/__fixtures__/collaborative.json"

USERS, ITEMS, WIDTH, LAYERS = 9, 7, 3, 3
DECAY, RATE = 0.05, 0.01
# User 8 and item 6 have no positive.
POSITIVES = [[0, 1, 2], [1, 2], [0, 3, 4], [2, 4, 5], [1], [0, 1, 2, 3, 4, 5], [3, 5], [0, 2], []]
STEPS = [
    ([0, 1, 1, 7, 3], [1, 2, 1, 0, 5], [4, 0, 6, 6, 0]),
    ([5, 2, 2, 6, 3], [5, 0, 3, 3, 2], [6, 6, 1, 1, 1]),
]


def matrix():
    x = np.zeros((USERS, ITEMS))
    for u, items in enumerate(POSITIVES):
        x[u, items] = 1
    return x


def neighbours(x, count, shrinkage):
    common = x.T @ x
    norms = np.sqrt(np.diag(common))
    if shrinkage == 0:
        similarity = cosine_similarity(x.T)
    else:
        similarity = common / (np.outer(norms, norms) + shrinkage)
    np.fill_diagonal(similarity, 0)
    kept = np.zeros_like(similarity)
    for i in range(ITEMS):
        order = sorted(range(ITEMS), key=lambda j: (-round(similarity[i, j], 12), j))[:count]
        kept[i, order] = similarity[i, order]
    return {
        "neighbours": count,
        "shrinkage": shrinkage,
        "weights": kept.tolist(),
        "scores": (x @ kept.T).tolist(),
    }


def ease(x, lam):
    p = np.linalg.inv(x.T @ x + lam * np.eye(ITEMS))
    b = -p / np.diag(p)
    np.fill_diagonal(b, 0)
    return {"lambda": lam, "b": b.tolist(), "scores": (x @ b).tolist()}


def lightgcn(x):
    nodes = USERS + ITEMS
    r = torch.tensor(x)
    a = torch.zeros(nodes, nodes, dtype=torch.float64)
    a[:USERS, USERS:] = r
    a[USERS:, :USERS] = r.T
    d = a.sum(1)
    s = torch.where(d > 0, d.clamp(min=1) ** -0.5, torch.zeros_like(d))
    a = s[:, None] * a * s[None, :]
    start = torch.tensor([0.5 * math.sin(1 + 0.7 * i) for i in range(nodes * WIDTH)])
    e = start.double().reshape(nodes, WIDTH).requires_grad_()
    optimiser = torch.optim.Adam([e], lr=RATE)

    def forward():
        layers = [e]
        for _ in range(LAYERS):
            layers.append(a @ layers[-1])
        return torch.stack(layers).mean(0)

    final = forward().detach()
    steps = []
    for users, positives, negatives in STEPS:
        optimiser.zero_grad()
        f = forward()
        u, i, j = (
            torch.tensor(users),
            USERS + torch.tensor(positives),
            USERS + torch.tensor(negatives),
        )
        loss = F.softplus((f[u] * f[j]).sum(1) - (f[u] * f[i]).sum(1)).mean()
        norms = e[u].pow(2).sum() + e[i].pow(2).sum() + e[j].pow(2).sum()
        loss = loss + DECAY * 0.5 * norms / len(users)
        loss.backward()
        gradient = e.grad.flatten().tolist()
        optimiser.step()
        steps.append(
            {
                "users": users,
                "positives": positives,
                "negatives": negatives,
                "loss": loss.item(),
                "gradient": gradient,
                "embeddings": e.detach().flatten().tolist(),
            }
        )
    return {
        "width": WIDTH,
        "layers": LAYERS,
        "decay": DECAY,
        "learningRate": RATE,
        "start": start.tolist(),
        "final": final.flatten().tolist(),
        "steps": steps,
    }


def svd(x, width):
    """The product of user and item vectors, and the item vectors with largest entries positive."""
    scaled = [np.where(d > 0, d, 1) ** -0.5 for d in (x.sum(1), x.sum(0))]
    u, s, vt = np.linalg.svd(scaled[0][:, None] * x * scaled[1][None, :])
    u, s, v = u[:, :width], s[:width], vt[:width].T
    sign = np.sign(v[np.abs(v).argmax(0), np.arange(width)])
    return {
        "width": width,
        "singularValues": s.tolist(),
        "users": (sign * u * np.sqrt(s)).tolist(),
        "items": (sign * v * np.sqrt(s)).tolist(),
    }


def main():
    x = matrix()
    values = {
        "numItems": ITEMS,
        "positives": POSITIVES,
        "itemKnn": [neighbours(x, 3, 0), neighbours(x, 2, 2.5)],
        "ease": [ease(x, 0.5), ease(x, 20)],
        "lightgcn": lightgcn(x),
        "svd": svd(x, 3),
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(values, indent=1) + "\n")


main()
