"""Reference steps of DP-SGD: PyTorch, gradients of units one by one, clipped by hand, without noise.

    python benchmarks/reference/dp_sgd.py

writes packages/core/src/training/private/__fixtures__/dp-sgd.json: made-up rows, what two models start
from, and where three steps over all units take them. A unit is a row, or a user with all rows; its loss is
the mean over its rows. Clipped gradients are added and divided by the number of units. Atoll leaves
2^-10 + units 2^-19 of a bound to rounding, so it is that much less here too. Tables lie as Atoll's do: feature after feature, row 0
of each being padding, which has no gradient; every optimiser steps over whole tables. Doubles.
"""

import json
import math
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/training/private/__fixtures__/dp-sgd.json"
NUM_ROWS, STEPS, WIDTH = 16, 3, 3
HIDDEN = [5, 4]
# Rows of the tables of user, item, and tags, of which an example has up to three.
SIZES = {"user": 9, "item": 8, "tags": 6}
OFFSETS = {"user": 0, "item": 9, "tags": 17}
TOTAL = 23

torch.set_default_dtype(torch.float64)


def wave(shape, phase, scale=0.6):
    size = math.prod(shape)
    return torch.tensor([scale * math.sin(1 + 0.77 * i + phase) for i in range(size)]).reshape(shape)


def data():
    """Categorical [rows, 5] (user, item, three tags), numeric [rows, 2], labels, users of rows."""
    categorical = torch.tensor(
        [
            [1 + (3 * r) % 8, 1 + (5 * r + 2) % 7, *((2 + r * (t + 1)) % 6 for t in range(3))]
            for r in range(NUM_ROWS)
        ]
    )
    categorical[5, 2:] = 0  # no tags
    categorical[6, 2:] = 4  # the same one three times
    numeric = torch.tensor([[math.sin(3 * r), 2.5 * math.cos(5 * r)] for r in range(NUM_ROWS)])
    label = torch.tensor([(r * r + r // 3) % 2 for r in range(NUM_ROWS)]).double()
    user = torch.tensor([(r * r + r // 4) % 6 for r in range(NUM_ROWS)])
    return categorical, numeric, label, user


def fields(table, categorical):
    """One vector per feature [rows, 3, width]: tags are the mean of those that there are."""
    user = table[OFFSETS["user"] + categorical[:, 0]]
    item = table[OFFSETS["item"] + categorical[:, 1]]
    tags = categorical[:, 2:]
    there = (tags > 0).double().unsqueeze(2)
    total = (table[OFFSETS["tags"] + tags] * there).sum(1)
    mean = total / there.sum(1).clamp(min=1)
    return torch.stack([user, item, mean], 1)


def wide(p, categorical, numeric):
    first = fields(p["table:wide"], categorical).sum((1, 2))
    return first + (numeric @ p["wide/weight"]).squeeze(1) + p["wide/bias"]


def lr(p, categorical, numeric):
    return wide(p, categorical, numeric)


def deepfm(p, categorical, numeric):
    v = fields(p["table:factors"], categorical)
    x = torch.cat([v.reshape(len(v), -1), numeric], 1)
    for i in range(len(HIDDEN)):
        x = torch.relu(x @ p[f"tower/{i}/weight"] + p[f"tower/{i}/bias"])
    pairs = 0.5 * (v.sum(1) ** 2 - (v**2).sum(1)).sum(1)
    return wide(p, categorical, numeric) + pairs + (x @ p["head/weight"]).squeeze(1)


WIDE = {"wide/weight": (2, 1), "wide/bias": (1,), "table:wide": (TOTAL, 1)}
SHAPES = {
    "lr": WIDE,
    "deepfm": {
        **WIDE,
        "tower/0/weight": (3 * WIDTH + 2, HIDDEN[0]),
        "tower/0/bias": (HIDDEN[0],),
        "tower/1/weight": (HIDDEN[0], HIDDEN[1]),
        "tower/1/bias": (HIDDEN[1],),
        "head/weight": (HIDDEN[1], 1),
        "table:factors": (TOTAL, WIDTH),
    },
}
MODELS = {"lr": lr, "deepfm": deepfm}


def start(model):
    # Floats, so that both sides start from the same numbers.
    numbers = {name: wave(shape, i).float().double() for i, (name, shape) in enumerate(SHAPES[model].items())}
    for name in numbers:
        if name.startswith("table:"):
            for offset in OFFSETS.values():
                numbers[name][offset] = 0
    return numbers


def groups(p, clipping):
    """What is clipped together, and to which share of the bound."""
    if clipping == "flat":
        return [list(p)], 1
    return [[name] for name in p], 1 / math.sqrt(len(p))


def trajectory(model, unit, clipping, bound, optimiser):
    categorical, numeric, label, user = data()
    units = [[r] for r in range(NUM_ROWS)]
    if unit == "user":
        units = [[r for r in range(NUM_ROWS) if user[r] == u] for u in sorted(set(user.tolist()))]
    p = {name: value.clone().requires_grad_() for name, value in start(model).items()}
    made = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adagrad": torch.optim.Adagrad}
    rule = made[optimiser](p.values(), lr=0.1)
    reserve = 2**-10 + len(units) * 2**-19
    clipped, norms = 0, []
    for _ in range(STEPS):
        total = {name: torch.zeros_like(value) for name, value in p.items()}
        for rows in units:
            z = MODELS[model](p, categorical[rows], numeric[rows])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(z, label[rows])
            gradient = dict(zip(p, torch.autograd.grad(loss, p.values())))
            for name in gradient:
                if name.startswith("table:"):
                    for offset in OFFSETS.values():
                        gradient[name][offset] = 0
            together, share = groups(p, clipping)
            for names in together:
                norm = math.sqrt(sum((gradient[name] ** 2).sum().item() for name in names))
                norms.append(norm)
                factor = min(1, bound * (1 - reserve) * share / norm)
                clipped += factor < 1
                for name in names:
                    total[name] += factor * gradient[name]
        for name, value in p.items():
            value.grad = total[name] / len(units)
        rule.step()
    assert 0 < clipped < len(norms), "some gradients have to be clipped, and some not"
    return {name: value.detach() for name, value in p.items()}


def flat(numbers):
    return {name: [float(f"{x:.9g}") for x in value.flatten().tolist()] for name, value in numbers.items()}


CASES = [
    ("lr", "example", "flat", 1.2, "sgd"),
    ("lr", "user", "flat", 0.9, "adagrad"),
    ("deepfm", "example", "flat", 1.0, "adam"),
    ("deepfm", "user", "flat", 1.3, "sgd"),
    ("deepfm", "user", "per-layer", 1.2, "adam"),
]

if __name__ == "__main__":
    categorical, numeric, label, user = data()
    document = {
        "numRows": NUM_ROWS,
        "steps": STEPS,
        "width": WIDTH,
        "hidden": HIDDEN,
        "sizes": SIZES,
        "categorical": categorical.flatten().tolist(),
        "numeric": [float(x) for x in numeric.float().flatten().tolist()],
        "label": [int(x) for x in label.tolist()],
        "user": user.tolist(),
        "start": {model: flat(start(model)) for model in MODELS},
        "cases": [
            {
                "model": model,
                "unit": unit,
                "clipping": clipping,
                "bound": bound,
                "optimiser": optimiser,
                "after": flat(trajectory(model, unit, clipping, bound, optimiser)),
            }
            for model, unit, clipping, bound, optimiser in CASES
        ],
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(document) + "\n")
    print(f"{OUT}: {OUT.stat().st_size} bytes")
