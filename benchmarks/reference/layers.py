"""Reference values of PyTorch's softmax, layer norm, attention, transformer block, dropout and experts.

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


def block(values, name, x, heads, causal, present=None, masks=(1, 1)):
    normed = norm_of(values, f"{name}/norm0", x)
    mixed = x + masks[0] * attend(values, f"{name}/attention", normed, heads, causal, present)
    hidden = F.relu(linear_of(values, f"{name}/up", norm_of(values, f"{name}/norm1", mixed)))
    return mixed + masks[1] * linear_of(values, f"{name}/down", hidden)


def mixtures(values, name, x, experts, layers, gates):
    """MMoE without towers: the mixtures of all tasks side by side, expert by expert."""
    outs = []
    for e in range(experts):
        h = x
        for i in range(layers):
            h = F.relu(linear_of(values, f"{name}/{e}/{i}", h))
        outs.append(h)
    shares = [torch.softmax(linear_of(values, f"{name}/gate{t}", x), 1) for t in range(gates)]
    return torch.cat([torch.einsum("be,ebo->bo", s, torch.stack(outs)) for s in shares], 1)


PARTS = ["queries", "keys", "values", "out"]
GAPS = torch.tensor([[1.0, 1, 1, 0], [1.0, 0, 1, 1]])
PRESENT = torch.tensor([[1.0, 1, 1, 0], [1.0, 1, 0, 0]])
BLOCK = {
    **norm("b/norm0", 6, 1),
    **linears("b/attention", PARTS, 6),
    **norm("b/norm1", 6, 3),
    **linears("b", ["up", "down"], 6),
}
KEPT = torch.tensor([[0.0, 2, 2], [2.0, 0, 2]])
# Masks as for a rate of 1/3: 1.5 or 0.
DROPS = [1.5 * (torch.arange(48).reshape(2, 4, 6) % n > 0) for n in (3, 4)]
EXPERTS = {
    **{
        f"e/{e}/{i}/{part}": wave(*shape, phase=1 + 3 * e + 1.3 * i, size=0.6)
        for e in range(3)
        for i, (inputs, outputs) in enumerate([(4, 5), (5, 2)])
        for part, shape in (("weight", (inputs, outputs)), ("bias", (outputs,)))
    },
    **{
        f"e/gate{t}/{part}": wave(*shape, phase=5 + 2 * t)
        for t in range(2)
        for part, shape in (("weight", (4, 3)), ("bias", (3,)))
    },
}
CASES = {
    "softmax": ({}, wave(3, 4, size=120), lambda v, x: torch.softmax(x, -1)),
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
    "causal attention with padding": (
        linears("a", PARTS, 6),
        wave(2, 4, 6),
        lambda v, x: attend(v, "a", x, 2, True, GAPS),
    ),
    "transformer block": (BLOCK, wave(2, 4, 6), lambda v, x: block(v, "b", x, 2, True)),
    "transformer block with padding and given masks": (
        BLOCK,
        wave(2, 4, 6),
        lambda v, x: block(v, "b", x, 2, True, GAPS, DROPS),
    ),
    "experts": (EXPERTS, wave(4, 4), lambda v, x: mixtures(v, "e", x, 3, 2, 2)),
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
