"""What the reference scripts of the model shelf have in common.

A script writes every model once more as a plain function in PyTorch,

    forward(p, e, batch) -> logits                     [rows] or [rows, tasks], or (logits, penalty)

where `p` are the dense parameters by name (matrices [in, out], as Atoll has them), `e` the embedded values
by embedding name [rows, values, width], and `batch` carries `numeric`, `index` (table rows by feature,
[rows, length]), `weight`, `train`, `state` (running statistics, written in place when training), and
`masks` (dropout masks by name). `case` evaluates it: log-odds, the loss, its gradients, the statistics
that follow, and the log-odds in evaluation mode with these. PyTorch sees the rows that count only; the
last row of a case's inputs is padding.
"""

import json
import math
from pathlib import Path
from types import SimpleNamespace

import torch
import torch.nn.functional as F

FIXTURES = Path(__file__).resolve().parent / "../../packages/core/src/models/__fixtures__"
REAL, BATCH = 5, 6
LABEL = [1, 0, 0, 1, 1, 1]
WEIGHT = [1, 2, 0.5, 1, 1.5, 0]


def wave(shape, phase, scale=0.6):
    size = math.prod(shape)
    return torch.tensor([scale * math.sin(1 + 0.77 * i + phase) for i in range(size)]).reshape(shape)


def rounded(tensor):
    return [float(f"{x:.8g}") for x in tensor.detach().flatten().tolist()]


def categorical(*names, **longer):
    """Features of one value, and `name=length` or `name=(length, vocabulary)` for longer ones."""
    features = [{"name": name, "numRows": 12} for name in names]
    for name, what in longer.items():
        length, vocabulary = what if isinstance(what, tuple) else (what, name)
        features.append({"name": name, "numRows": 12, "length": length, "vocabulary": vocabulary})
    return features


def index_of(feature, n):
    """Table rows of a feature, [BATCH, length]: history-like, padded at the start, one row empty."""
    length = feature.get("length", 1)
    rows = torch.tensor([[2 + (3 * b + 5 * i + n) % 10 for i in range(length)] for b in range(BATCH)])
    if length > 1:
        for b in range(BATCH):
            rows[b, : (b * 2) % (length + 1)] = 0
        rows[BATCH - 1] = 0
    return rows.float()


def linear(p, name, x):
    y = x @ p[f"{name}/weight"]
    return y + p[f"{name}/bias"] if f"{name}/bias" in p else y


def batch_norm(p, batch, name, x):
    """`batchNorm` of core/nn; statistics are running ones in evaluation."""
    return F.batch_norm(
        x,
        batch.state[f"{name}/mean"],
        batch.state[f"{name}/variance"],
        p[f"{name}/scale"],
        p[f"{name}/shift"],
        training=batch.train,
    )


def layer_norm(p, name, x):
    return F.layer_norm(x, x.shape[-1:], p[f"{name}/scale"], p[f"{name}/shift"])


def tower(p, batch, name, x):
    """`mlp` of core/nn: as many layers as there are parameters."""
    i = 0
    while f"{name}/{i}/weight" in p:
        x = linear(p, f"{name}/{i}", x)
        if f"{name}/{i}/norm/scale" in p:
            x = batch_norm(p, batch, f"{name}/{i}/norm", x)
        x = torch.relu(x)
        mask = batch.masks.get(f"{name}/{i}/dropout")
        if mask is not None and batch.train:
            x = x * mask
        i += 1
    return x


def tower_shapes(name, inputs, hidden, norm=False):
    """Shapes of `tower`'s parameters."""
    shapes = {}
    for i, (a, b) in enumerate(zip([inputs, *hidden], hidden)):
        shapes[f"{name}/{i}/weight"] = (a, b)
        if norm:
            shapes[f"{name}/{i}/norm/scale"] = shapes[f"{name}/{i}/norm/shift"] = (b,)
        else:
            shapes[f"{name}/{i}/bias"] = (b,)
    return shapes


def linear_shapes(name, inputs, outputs, bias=True):
    return {f"{name}/weight": (inputs, outputs), **({f"{name}/bias": (outputs,)} if bias else {})}


def norm_state(name, size):
    return {f"{name}/mean": (size,), f"{name}/variance": (size,)}


def pooled(values, index, pooling="mean"):
    """One vector of the values [rows, length, width] that are there."""
    total = values.sum(1)
    if pooling == "sum":
        return total
    return total / (index > 0).sum(1, keepdim=True).clamp(min=1)


def field_vectors(v, features, batch):
    """One vector of each feature, [rows, features, width]: means of the longer ones."""
    vectors, at = [], 0
    for f in features:
        length = f.get("length", 1)
        values = v[:, at : at + length]
        vectors.append(values[:, 0] if length == 1 else pooled(values, batch.index[f["name"]]))
        at += length
    return torch.stack(vectors, 1)


def first_order_shapes(features, numeric):
    return {**({"wide/weight": (numeric, 1)} if numeric else {}), "wide/bias": (1,)}


def first_order(p, e, batch):
    """`firstOrder` of the shelf, features of one value."""
    logit = p["wide/bias"]
    if "wide" in e:
        logit = logit + e["wide"].sum((1, 2))
    if batch.numeric is not None:
        logit = logit + (batch.numeric @ p["wide/weight"])[:, 0]
    return logit


def side_by_side(v, numeric):
    parts = [] if v is None else [v.flatten(1)]
    return torch.cat(parts + ([] if numeric is None else [numeric]), 1)


def case(
    config,
    forward,
    parameters,
    embeddings,
    features,
    numeric=(),
    tasks=None,
    state=None,
    masks=None,
    indices=(),
    phase=0,
    rows=None,
):
    """`parameters`, `state`: shapes by name; `embeddings`: (values, width) by name, or (values, width, features);
    `masks`: {name: (size, rate)}; `indices`: features of one value that enter as numbers; `phase`: moves the
    parameters, away from points where no slope is or all units are dead; `rows`: table rows of features of one
    value."""
    tasks_count = len(tasks) if tasks else 1
    p = {
        name: wave(shape, 1.9 * n + phase) + (1 if name.endswith("scale") else 0)
        for n, (name, shape) in enumerate(parameters.items())
    }
    running = {
        name: wave(shape, 0.3 * n, 0.2) + (1 if name.endswith("variance") else 0)
        for n, (name, shape) in enumerate((state or {}).items())
    }
    index = {f["name"]: index_of(f, n) for n, f in enumerate(features)}
    for name, given in (rows or {}).items():
        index[name] = torch.tensor(given, dtype=torch.float32)[:, None]
    entering = [f["name"] for f in features if f.get("length", 1) > 1 or f["name"] in indices]
    padded = {}
    for n, (name, (values, width, *names)) in enumerate(embeddings.items()):
        by_name = {f["name"]: f for f in features}
        listed = [by_name[n] for n in names[0]] if names else features
        value = wave((BATCH, values, width), 2.3 * n + 0.5)
        at = 0
        for f in listed:
            length = f.get("length", 1)
            if length > 1:  # padding rows of tables are zeros
                value[:, at : at + length] *= (index[f["name"]] > 0)[:, :, None]
            at += length
        padded[name] = value
    numbers = wave((BATCH, len(numeric)), 0.2, 1.0) if numeric else None
    drops = {
        name: (torch.arange(BATCH * size).reshape(BATCH, size) * (2 * i + 1) % (3 + i) > 0) / (1 - rate)
        for i, (name, (size, rate)) in enumerate((masks or {}).items())
    }
    label = [[LABEL[(b + 2 * t) % BATCH] for t in range(tasks_count)] for b in range(BATCH)]
    if tasks_count > 1:
        label[1][tasks_count - 1] = -1  # not known
    result = {
        "config": config,
        "schema": {"categorical": features, "numeric": list(numeric), **({"tasks": tasks} if tasks else {})},
        "parameters": {name: rounded(value) for name, value in p.items()},
        "state": {name: rounded(value) for name, value in running.items()},
        "inputs": {
            **{f"embedding:{name}": rounded(value) for name, value in padded.items()},
            **{f"index:{name}": rounded(index[name]) for name in entering},
            **({"numeric": rounded(numbers)} if numeric else {}),
            **{f"dropout:{name}": rounded(mask) for name, mask in drops.items()},
            "label": [x for row in label for x in row],
            "weight": WEIGHT,
        },
    }
    for value in p.values():
        value.requires_grad_()
    real = {name: value[:REAL].clone().requires_grad_() for name, value in padded.items()}
    batch = SimpleNamespace(
        numeric=None if numbers is None else numbers[:REAL],
        index={name: rows[:REAL] for name, rows in index.items()},
        weight=torch.tensor(WEIGHT[:REAL]),
        state=running,
        masks={name: mask[:REAL] for name, mask in drops.items()},
        train=True,
    )

    def run():
        out = forward(p, real, batch)
        return out if isinstance(out, tuple) else (out, None)

    logits, penalty = run()
    y = torch.tensor(label[:REAL], dtype=torch.float32)
    z = logits.reshape(REAL, tasks_count)
    known = (y >= 0) * batch.weight[:, None]
    losses = F.binary_cross_entropy_with_logits(z, y.clamp(min=0), reduction="none")
    loss = ((losses * known).sum(0) / known.sum(0)).sum()
    if penalty is not None:
        loss = loss + penalty
    loss.backward()
    zero = torch.zeros_like
    result["expected"] = {
        "logits": rounded(logits),
        "loss": loss.item(),
        "gradients": {n: rounded(zero(v) if v.grad is None else v.grad) for n, v in p.items()},
        "embeddingGradients": {n: rounded(zero(v) if v.grad is None else v.grad) for n, v in real.items()},
        "state": {name: rounded(value) for name, value in running.items()},
    }
    batch.train = False
    result["expected"]["predict"] = rounded(run()[0])
    return result


def write(name, cases):
    """Writes __fixtures__/<name>.json, which `reference.laws.ts` reads."""
    FIXTURES.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"torch": torch.__version__, "batch": BATCH, "cases": cases})
    (FIXTURES / f"{name}.json").write_text(text + "\n")
