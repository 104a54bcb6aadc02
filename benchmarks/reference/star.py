"""STAR (Sheng et al. 2021, equations 3 to 6) in PyTorch: python benchmarks/reference/star.py"""

from tasks import *

FEATURES = categorical("user", "item", "scenario")
FIRST = 2  # the first table row of a value


def partitioned(p, batch, x, rows, count):
    """Scenario by scenario; rows of none by the moments of all."""
    y = torch.zeros_like(x)
    mean, variance = batch.state["norm/mean"], batch.state["norm/variance"]
    for d in range(count + 1):
        inside = (rows == FIRST + d - 1) if d else torch.ones_like(rows, dtype=torch.bool)
        own = inside if d else (rows < FIRST) | (rows >= FIRST + count)
        scale, shift = p["norm/scale"], p["norm/shift"]
        if d:
            scale, shift = scale * p["norm/scales"][d - 1], shift + p["norm/shifts"][d - 1]
        if not batch.train:
            m, v = mean[d], variance[d]
        elif inside.any():
            m, v = x[inside].mean(0), x[inside].var(0, unbiased=False)
            if inside.sum() > 1:
                with torch.no_grad():
                    mean[d] = 0.9 * mean[d] + 0.1 * m
                    variance[d] = 0.9 * variance[d] + 0.1 * x[inside].var(0)
        else:
            continue
        y = torch.where(own[:, None], (x - m) / torch.sqrt(v + 1e-5) * scale + shift, y)
    return y


def star_layer(p, name, x, rows, count):
    """Row by row, with the row's own matrix."""
    out = []
    for row, scenario in zip(x, rows.tolist()):
        d = int(scenario) - FIRST
        weight, bias = p[f"{name}/weight"], p[f"{name}/bias"]
        if 0 <= d < count:
            weight, bias = weight * p[f"{name}/weights"][d], bias + p[f"{name}/biases"][d]
        out.append(row @ weight + bias)
    return torch.stack(out)


def build(net):
    config, count = net.config, net.config["scenarios"]
    hidden = config["hidden"]
    others = [f for f in net.features if f["name"] != "scenario"]
    size = net.size - config["width"]
    if config["partitionedNorm"]:
        net.shapes |= {f"norm/{part}": (size,) for part in ("scale", "shift")}
        net.shapes |= {f"norm/{part}": (count, size) for part in ("scales", "shifts")}
        net.state |= {f"norm/{part}": (count + 1, size) for part in ("mean", "variance")}
    for t in range(net.tasks):
        for i, (inputs, outputs) in enumerate(zip([size, *hidden], [*hidden, 1])):
            net.linear(f"tower{t}/{i}", inputs, outputs)
            net.shapes |= {f"tower{t}/{i}/weights": (count, inputs, outputs)}
            net.shapes |= {f"tower{t}/{i}/biases": (count, outputs)}
            if net.rate and i < len(hidden):
                net.masks[f"tower{t}/{i}/dropout"] = (outputs, net.rate)
    net.tower("auxiliary", config["width"] + size, config["auxiliaryHidden"])
    net.linear("auxiliary/head", config["auxiliaryHidden"][-1], net.tasks)

    def forward(p, e, batch):
        rows = batch.index["scenario"][:, 0]
        x = net.x(e.get("deep"), batch, others)
        normed = partitioned(p, batch, x, rows, count) if config["partitionedNorm"] else x
        logits = []
        for t in range(net.tasks):
            h = normed
            for i in range(len(hidden) + 1):
                h = star_layer(p, f"tower{t}/{i}", h, rows, count)
                if i < len(hidden):
                    h = torch.relu(h)
                    mask = batch.masks.get(f"tower{t}/{i}/dropout")
                    h = h * mask if mask is not None and batch.train else h
            logits.append(h)
        side = tower(p, batch, "auxiliary", torch.cat([e["scenario"][:, 0], x], 1))
        return torch.cat(logits, 1) + linear(p, "auxiliary/head", side)

    return forward


def made(config, features=FEATURES, scenario=(2, 3, 2, 3, 2, 0), **options):
    parts = {"deep": [f for f in features if f["name"] != "scenario"], "scenario": categorical("scenario")}
    embeddings = ("deep", "scenario") if parts["deep"] else ("scenario",)
    return task_case(
        "star",
        build,
        config,
        features,
        embeddings=embeddings,
        parts=parts,
        rows={"scenario": scenario},
        indices=("scenario",),
        **options,
    )


config = {"width": 2, "scenarios": 2, "hidden": [4, 3], "auxiliaryHidden": [3], "partitionedNorm": True}
longer = [*categorical(history=(4, "item")), *FEATURES]
numeric = ["price", "age"]
cases = [
    made(config, tasks=1, phase=3.6),
    # A value out of vocabulary, one beyond the scenarios, a scenario with a single row.
    made({**config, "dropout": 0.5}, scenario=(2, 1, 2, 7, 3, 0), numeric=numeric, phase=3.9),
    made({**config, "partitionedNorm": False}, scenario=(3, 1, 2, 3, 2, 0), tasks=3, numeric=numeric, phase=0.2),
    made(config, features=longer, phase=3.8),
    made(config, features=categorical("scenario"), numeric=numeric, tasks=1, phase=3.7),
]
write("star", cases)
