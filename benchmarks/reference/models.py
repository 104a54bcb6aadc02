"""Reference values of every model, written as plain PyTorch modules.

    python benchmarks/reference/models.py

writes packages/core/src/models/__fixtures__/models.json. Each case carries its config, its inputs, and
what PyTorch makes of them: log-odds, the weighted mean loss, its gradients, running statistics after the
step, and the log-odds in evaluation mode with these. Embedded features are inputs. Matrices of `Linear`
are written [in, out]. Dropout masks are inputs, and multiply what each layer of the tower gives. PyTorch sees the rows that count only; the last row of a case's inputs is padding.
"""

import json
import math
from pathlib import Path

import torch
from torch import nn

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/models/__fixtures__/models.json"
CATEGORICAL = ["user", "hour", "item"]
NUMERIC = ["price", "age"]
REAL, BATCH = 5, 6
LABEL = [1, 0, 0, 1, 1, 1]
WEIGHT = [1, 2, 0.5, 1, 1.5, 0]


def wave(shape, phase, scale=0.6):
    size = math.prod(shape)
    return torch.tensor([scale * math.sin(1 + 0.77 * i + phase) for i in range(size)]).reshape(shape)


class Tower(nn.Module):
    def __init__(self, inputs, hidden, norm):
        super().__init__()
        sizes = [inputs, *hidden]
        self.fc = nn.ModuleList(nn.Linear(a, b, bias=not norm) for a, b in zip(sizes, sizes[1:]))
        self.norm = nn.ModuleList(nn.BatchNorm1d(b) for b in hidden) if norm else None
        self.masks = None

    def forward(self, x):
        for i, fc in enumerate(self.fc):
            x = fc(x)
            if self.norm is not None:
                x = self.norm[i](x)
            x = torch.relu(x)
            if self.masks is not None and self.training:
                x = x * self.masks[i]
        return x

    def named(self, prefix="tower"):
        for i, fc in enumerate(self.fc):
            yield from named_linear(f"{prefix}/{i}", fc)
            if self.norm is not None:
                yield f"{prefix}/{i}/norm/scale", self.norm[i].weight
                yield f"{prefix}/{i}/norm/shift", self.norm[i].bias

    def named_state(self, prefix="tower"):
        for i, norm in enumerate(self.norm or []):
            yield f"{prefix}/{i}/norm/mean", norm.running_mean
            yield f"{prefix}/{i}/norm/variance", norm.running_var


def named_linear(name, fc):
    yield f"{name}/weight", fc.weight
    if fc.bias is not None:
        yield f"{name}/bias", fc.bias


class Wide(nn.Module):
    def __init__(self, numeric):
        super().__init__()
        self.fc = nn.Linear(numeric, 1) if numeric else None
        self.bias = self.fc.bias if numeric else nn.Parameter(torch.zeros(1))

    def forward(self, wide, numeric):
        logit = self.fc(numeric)[:, 0] if self.fc is not None else self.bias
        return logit + wide.sum(dim=(1, 2)) if wide is not None else logit

    def named(self):
        if self.fc is not None:
            yield "wide/weight", self.fc.weight
        yield "wide/bias", self.bias


def pairs(v):
    total = 0
    for f in range(v.shape[1]):
        for g in range(f + 1, v.shape[1]):
            total = total + (v[:, f] * v[:, g]).sum(1)
    return total


def side_by_side(v, numeric):
    parts = [] if v is None else [v[:, f] for f in range(v.shape[1])]
    return torch.cat(parts + ([] if numeric is None else [numeric]), 1)


class Net(nn.Module):
    """All models of the shelf; `config` says which parts there are."""

    def __init__(self, config, fields, numeric):
        super().__init__()
        self.config, kind = config, config["kind"]
        width = config.get("width", 0)
        norm = config.get("batchNorm", False)
        size = fields * width + numeric
        self.wide = Wide(numeric) if kind in ("lr", "fm", "deepfm") else None
        self.tower = self.head = None
        self.cross = nn.ModuleList()
        if kind in ("deepfm", "dcnv2"):
            self.tower = Tower(size, config["hidden"], norm)
        if kind in ("mlp", "neumf"):
            self.tower = Tower(2 * config.get("mlpWidth", width), config["hidden"], False)
        if kind == "dcnv2":
            self.cross = nn.ModuleList(nn.Linear(size, size) for _ in range(config["crossLayers"]))
        last = config["hidden"][-1] if "hidden" in config else 0
        heads = {
            "deepfm": last,
            "dcnv2": last + (size if config.get("structure") == "parallel" else 0),
            "gmf": width,
            "mlp": last,
            "neumf": last + config.get("gmfWidth", 0),
        }
        if kind in heads:
            self.head = nn.Linear(heads[kind], 1, bias=kind != "deepfm")

    def named(self):
        if self.wide is not None:
            yield from self.wide.named()
        for i, fc in enumerate(self.cross):
            yield from named_linear(f"cross/{i}", fc)
        if self.tower is not None:
            yield from self.tower.named()
        if self.head is not None:
            yield from named_linear("head", self.head)

    def named_state(self):
        return self.tower.named_state() if self.tower is not None else ()

    def forward(self, embeddings, numeric):
        kind = self.config["kind"]
        if kind in ("lr", "fm", "deepfm"):
            logit = self.wide(embeddings.get("wide"), numeric)
            v = embeddings.get("factors")
            if v is not None:
                logit = logit + pairs(v)
            if kind == "deepfm":
                logit = logit + self.head(self.tower(side_by_side(v, numeric)))[:, 0]
            return logit
        if kind == "dcnv2":
            first = x = side_by_side(embeddings.get("deep"), numeric)
            for fc in self.cross:
                x = first * fc(x) + x
            if self.config["structure"] == "parallel":
                return self.head(torch.cat([x, self.tower(first)], 1))[:, 0]
            return self.head(self.tower(x))[:, 0]
        parts = []
        if kind in ("mlp", "neumf"):
            user, item = embeddings["mlp"].unbind(1)
            parts.append(self.tower(torch.cat([user, item], 1)))
        if kind in ("gmf", "neumf"):
            user, item = embeddings["gmf"].unbind(1)
            parts.append(user * item)
        return self.head(torch.cat(parts, 1))[:, 0]


def embedding_widths(config, fields):
    width = config.get("width")
    wide = {"wide": (fields, 1)} if fields else {}
    factors = {"factors": (fields, width)} if fields else {}
    return {
        "lr": wide,
        "fm": {**wide, **factors},
        "deepfm": {**wide, **factors},
        "dcnv2": {"deep": (fields, width)} if fields else {},
        "gmf": {"gmf": (2, width)},
        "mlp": {"mlp": (2, width)},
        "neumf": {"gmf": (2, config.get("gmfWidth")), "mlp": (2, config.get("mlpWidth"))},
    }[config["kind"]]


def masks_of(config):
    """For each layer of the tower, [BATCH, size]: 1 / (1 - rate), or 0 for every third entry or so."""
    if "dropout" not in config:
        return []
    kept = 1 / (1 - config["dropout"])
    return [
        kept * (torch.arange(BATCH * size).reshape(BATCH, size) * (2 * i + 1) % (3 + i) > 0)
        for i, size in enumerate(config["hidden"])
    ]


def rounded(tensor):
    return [float(f"{x:.8g}") for x in tensor.detach().flatten().tolist()]


def case(config, fields=len(CATEGORICAL), numeric=len(NUMERIC)):
    net = Net(config, fields, numeric)
    with torch.no_grad():
        for n, (name, parameter) in enumerate(net.named()):
            parameter.copy_(wave(parameter.shape, 1.9 * n) + (1 if name.endswith("scale") else 0))
        for n, (name, value) in enumerate(net.named_state()):
            value.copy_(wave(value.shape, 0.3 * n, 0.2) + (1 if name.endswith("variance") else 0))
    masks = masks_of(config)
    if masks:
        net.tower.masks = [mask[:REAL] for mask in masks]
    shapes = embedding_widths(config, fields)
    padded = {name: wave((BATCH, *shapes[name]), 2.3 * n + 0.5) for n, name in enumerate(shapes)}
    real = {name: value[:REAL].clone().requires_grad_() for name, value in padded.items()}
    numbers = wave((BATCH, numeric), 0.2, 1.0) if numeric else None
    given = numbers[:REAL] if numeric else None
    write = lambda name, value: rounded(value.T if value.dim() == 2 else value)
    result = {
        "config": config,
        "schema": {
            "categorical": [{"name": name, "numRows": 12} for name in CATEGORICAL[:fields]],
            "numeric": NUMERIC[:numeric],
        },
        "parameters": {name: write(name, p) for name, p in net.named()},
        "state": {name: rounded(s) for name, s in net.named_state()},
        "inputs": {
            **{f"embedding:{name}": rounded(value) for name, value in padded.items()},
            **({"numeric": rounded(numbers)} if numeric else {}),
            **{f"dropout:tower/{i}/dropout": rounded(mask) for i, mask in enumerate(masks)},
            "label": LABEL,
            "weight": WEIGHT,
        },
    }
    net.train()
    logits = net(real, given)
    weight, label = torch.tensor(WEIGHT[:REAL]), torch.tensor(LABEL[:REAL], dtype=torch.float32)
    loss = nn.functional.binary_cross_entropy_with_logits(logits, label, weight, reduction="sum")
    loss = loss / weight.sum()
    loss.backward()
    result["expected"] = {
        "logits": rounded(logits),
        "loss": loss.item(),
        "gradients": {name: write(name, p.grad) for name, p in net.named()},
        "embeddingGradients": {name: rounded(value.grad) for name, value in real.items()},
        "state": {name: rounded(s) for name, s in net.named_state()},
    }
    net.eval()
    result["expected"]["predict"] = rounded(net(real, given))
    return result


cases = [
    case({"kind": "lr"}),
    case({"kind": "lr"}, numeric=0),
    case({"kind": "lr"}, fields=0),
    case({"kind": "fm", "width": 3}),
    case({"kind": "fm", "width": 3}, numeric=0),
    case({"kind": "deepfm", "width": 2, "hidden": [4, 3], "batchNorm": False}),
    case({"kind": "deepfm", "width": 2, "hidden": [4, 3], "batchNorm": True}),
    case({"kind": "deepfm", "width": 2, "hidden": [3], "batchNorm": True}, fields=0),
    case(
        {
            "kind": "dcnv2",
            "width": 2,
            "crossLayers": 2,
            "hidden": [4, 3],
            "structure": "parallel",
            "batchNorm": False,
        }
    ),
    case(
        {
            "kind": "dcnv2",
            "width": 2,
            "crossLayers": 2,
            "hidden": [3],
            "structure": "stacked",
            "batchNorm": True,
        },
        numeric=0,
    ),
    case(
        {"kind": "deepfm", "width": 2, "hidden": [4, 3], "batchNorm": True, "dropout": 0.4}, fields=2
    ),
    case(
        {
            "kind": "dcnv2",
            "width": 2,
            "crossLayers": 1,
            "hidden": [4, 3],
            "structure": "parallel",
            "batchNorm": False,
            "dropout": 0.25,
        },
        fields=2,
    ),
    case({"kind": "gmf", "width": 4}),
    case({"kind": "mlp", "width": 3, "hidden": [5, 4]}),
    case({"kind": "neumf", "gmfWidth": 3, "mlpWidth": 2, "hidden": [4, 3]}),
    case({"kind": "mlp", "width": 3, "hidden": [5, 4], "dropout": 0.5}),
    case({"kind": "neumf", "gmfWidth": 3, "mlpWidth": 2, "hidden": [4, 3], "dropout": 0.25}),
]
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({"torch": torch.__version__, "batch": BATCH, "cases": cases}) + "\n")
