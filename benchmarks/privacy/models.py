"""lr and deepfm as plain functions of one row, with Atoll's formulas and first numbers.

forward(dense, e, present) -> log-odds, where `dense` are parameters by name, `e` the row's embedded
values [values, width] by table, and `present` [values] says which are no padding.
"""

import math

import torch


def pooling_of(features):
    """[features, values]: which values are of which feature; [features]: which are means."""
    lengths = [feature["rule"].get("length", 1) for feature in features]
    members = torch.block_diag(*(torch.ones(1, length) for length in lengths))
    means = torch.tensor([feature["rule"].get("pooling") == "mean" for feature in features])
    return members, means


def fields(values, present, members, means):
    """One vector per feature, [features, width]: the sum, or mean, over the values that are there."""
    counts = torch.where(means, (members @ present).clamp(min=1), 1)
    return (members @ values) / counts[:, None]


def lr(model, features):
    pooling = pooling_of(features)

    def forward(dense, e, present):
        return dense["wide/bias"][0] + fields(e["wide"], present, *pooling).sum()

    return {"wide/bias": (1,)}, {"wide": 1}, forward


def deepfm(model, features):
    width, hidden = model["width"], model["hidden"]
    shapes, tables, wide = lr(model, features)
    pooling = pooling_of(features)
    sizes = [len(features) * width, *hidden]
    for i, (a, b) in enumerate(zip(sizes, hidden)):
        shapes[f"tower/{i}/weight"], shapes[f"tower/{i}/bias"] = (a, b), (b,)
    shapes["head/weight"] = (sizes[-1], 1)

    def forward(dense, e, present):
        v = fields(e["factors"], present, *pooling)
        x = v.reshape(-1)
        for i in range(len(hidden)):
            x = torch.relu(x @ dense[f"tower/{i}/weight"] + dense[f"tower/{i}/bias"])
        pairs = (v.sum(0).square() - v.square().sum(0)).sum() / 2
        return (x @ dense["head/weight"])[0] + pairs + wide(dense, e, present)

    return shapes, {**tables, "factors": width}, forward


MODELS = {"lr": lr, "deepfm": deepfm}


def first_numbers(shapes, tables, data, model, generator):
    """The linear part starts at 0, layers as PyTorch's, factors normal with deviation `embeddingStd`."""
    dense, embedded = {}, {}
    for name, shape in shapes.items():
        fan_in = shapes[name.replace("/bias", "/weight")][0] if not name.startswith("wide") else math.inf
        dense[name] = (torch.rand(shape, generator=generator) * 2 - 1) / math.sqrt(fan_in)
    for name, width in tables.items():
        values = torch.zeros(data.num_rows, width)
        if name != "wide":
            values.normal_(0, model["embeddingStd"], generator=generator)
        values[data.is_padding] = 0
        embedded[name] = values
    return dense, embedded
