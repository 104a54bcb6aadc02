"""Reference values of PyTorch's layer norm, attention, transformer block and dropout.

    python benchmarks/reference/layers.py

writes packages/core/src/nn/__fixtures__/layers.json: for each case the inputs and parameters by the
names of packages/core/src/nn, the output y, and the gradients of sum_i cos(0.3 i) y_i.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/nn/__fixtures__/layers.json"


def wave(*shape, phase=0.0, size=1.0):
    count = math.prod(shape)
    values = [size * math.sin(1 + 0.7 * i + phase) for i in range(count)]
    return torch.tensor(values).reshape(shape).requires_grad_()


def linear_of(values, name, x):
    return x @ values[f"{name}/weight"] + values[f"{name}/bias"]


def linears(prefix, names, width):
    return {
        f"{prefix}/{name}/{part}": wave(*shape, phase=k + 10 * j, size=0.4)
        for k, name in enumerate(names)
        for j, (part, shape) in enumerate((("weight", (width, width)), ("bias", (width,))))
    }


def norm_of(values, name, x):
    scale, shift = values[f"{name}/scale"], values[f"{name}/shift"]
    return F.layer_norm(x, scale.shape, scale, shift)


def norm(name, width, phase):
    return {f"{name}/scale": wave(width, phase=phase), f"{name}/shift": wave(width, phase=phase + 2)}


def attend(values, name, x, heads, causal, present=None):
    batch, length, width = x.shape
    q, k, v = (
        linear_of(values, f"{name}/{part}", x)
        .view(batch, length, heads, width // heads)
        .transpose(1, 2)
        for part in ("queries", "keys", "values")
    )
    mask = torch.ones(length, length, dtype=torch.bool).tril() if causal else None
    if present is not None:
        seen = present.bool()[:, None, None, :].expand(batch, 1, length, length)
        mask = seen if mask is None else seen & mask
    mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return linear_of(values, f"{name}/out", mixed.transpose(1, 2).reshape(batch, length, width))


def block(values, name, x, heads, causal):
    mixed = x + attend(values, f"{name}/attention", norm_of(values, f"{name}/norm0", x), heads, causal)
    hidden = F.relu(linear_of(values, f"{name}/up", norm_of(values, f"{name}/norm1", mixed)))
    return mixed + linear_of(values, f"{name}/down", hidden)


PARTS = ["queries", "keys", "values", "out"]
PRESENT = torch.tensor([[1.0, 1, 1, 0], [1.0, 1, 0, 0]])
BLOCK = {
    **norm("b/norm0", 6, 1),
    **linears("b/attention", PARTS, 6),
    **norm("b/norm1", 6, 3),
    **linears("b", ["up", "down"], 6),
}
KEPT = torch.tensor([[0.0, 2, 2], [2.0, 0, 2]])
CASES = {
    "layer norm": (norm("n", 5, 0.5), wave(3, 2, 5, size=3), lambda v, x: norm_of(v, "n", x)),
    "attention": (
        linears("a", PARTS, 6),
        wave(2, 4, 6),
        lambda v, x: attend(v, "a", x, 2, False),
    ),
    "causal attention": (
        linears("a", PARTS, 6),
        wave(2, 4, 6),
        lambda v, x: attend(v, "a", x, 3, True),
    ),
    "attention with padding": (
        linears("a", PARTS, 6),
        wave(2, 4, 6),
        lambda v, x: attend(v, "a", x, 2, False, PRESENT),
    ),
    "transformer block": (BLOCK, wave(2, 4, 6), lambda v, x: block(v, "b", x, 2, True)),
    "dropout with a given mask": ({}, wave(2, 3), lambda v, x: x * KEPT),
}


def written(tensor):
    return {"shape": list(tensor.shape), "data": tensor.flatten().tolist()}


cases = {}
for title, (parameters, x, forward) in CASES.items():
    values = {name: value.detach().clone().requires_grad_() for name, value in parameters.items()}
    y = forward(values, x)
    weight = torch.cos(0.3 * torch.arange(y.numel(), dtype=torch.float32)).reshape(y.shape)
    (weight * y).sum().backward()
    cases[title] = {
        "inputs": {name: written(value.detach()) for name, value in (*values.items(), ("x", x))},
        "y": y.flatten().tolist(),
        "gradients": {
            name: value.grad.flatten().tolist() for name, value in (*values.items(), ("x", x))
        },
    }
OUT.write_text(json.dumps({"torch": torch.__version__, "cases": cases}) + "\n")
