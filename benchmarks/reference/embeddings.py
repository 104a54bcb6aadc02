"""Reference trajectories of PyTorch's embedding tables under Adam, SparseAdam, SGD and
Adagrad.

    python benchmarks/reference/embeddings.py

writes packages/core/src/embedding/__fixtures__/trajectories.json: two features of 6 and 4 rows, width
3, row 0 padding; at step t example b carries row (b + 2t + f) mod numRows of feature f, and the
gradient of its looked-up vector is sin(1 + 0.7 b + 1.3 f + 0.4 k + 0.9 t). Ten steps, float32.
With 12 examples every row is in every batch, with 2 hardly any. (Padding rows never move, so weight
decay is compared where every other row is in every batch.)
"""

import json
import math
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/embedding/__fixtures__/trajectories.json"
ROWS = [6, 4]
WIDTH = 3
STEPS = 10
RATE = 0.05


def tables(sparse):
    made = []
    for f, rows in enumerate(ROWS):
        table = torch.nn.Embedding(rows, WIDTH, padding_idx=0, sparse=sparse)
        with torch.no_grad():
            for r in range(1, rows):
                for k in range(WIDTH):
                    table.weight[r, k] = math.cos(2 * r + 0.6 * k + f)
        made.append(table)
    return made


def trajectory(make, sparse, batch, **settings):
    made = tables(sparse)
    optimiser = make([t.weight for t in made], lr=RATE, **settings)
    seen = []
    for step in range(STEPS):
        optimiser.zero_grad()
        loss = 0
        for f, table in enumerate(made):
            rows = torch.tensor([(b + 2 * step + f) % ROWS[f] for b in range(batch)])
            weight = torch.tensor(
                [
                    [math.sin(1 + 0.7 * b + 1.3 * f + 0.4 * k + 0.9 * step) for k in range(WIDTH)]
                    for b in range(batch)
                ]
            )
            loss = loss + (weight * table(rows)).sum()
        loss.backward()
        optimiser.step()
        seen.append([x for table in made for x in table.weight.detach().flatten().tolist()])
    return seen


adam, sparse_adam = torch.optim.Adam, torch.optim.SparseAdam
sgd, adagrad = torch.optim.SGD, torch.optim.Adagrad
cases = [
    {"kind": "adam", "batch": 2, "weightDecay": 0.0, "values": trajectory(adam, False, 2)},
    {
        "kind": "adam",
        "batch": 3,
        "weightDecay": 0.1,
        "values": trajectory(adam, False, 3, weight_decay=0.1),
    },
    {
        "kind": "lazy-adam",
        "batch": 12,
        "weightDecay": 0.0,
        "values": trajectory(sparse_adam, True, 12),
    },
    {"kind": "lazy-adam", "batch": 2, "weightDecay": 0.0, "values": trajectory(sparse_adam, True, 2)},
    {"kind": "sgd", "batch": 2, "weightDecay": 0.0, "values": trajectory(sgd, True, 2)},
    {
        "kind": "sgd",
        "batch": 12,
        "weightDecay": 0.1,
        "values": trajectory(sgd, False, 12, weight_decay=0.1),
    },
    {"kind": "adagrad", "batch": 2, "weightDecay": 0.0, "values": trajectory(adagrad, True, 2)},
    {
        "kind": "adagrad",
        "batch": 12,
        "weightDecay": 0.1,
        "values": trajectory(adagrad, False, 12, weight_decay=0.1),
    },
]
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({"torch": torch.__version__, "learningRate": RATE, "cases": cases}) + "\n")
