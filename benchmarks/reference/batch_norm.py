"""Reference values of PyTorch's BatchNorm1d over three training batches and one in evaluation mode.

    python benchmarks/reference/batch_norm.py

writes packages/core/src/nn/__fixtures__/batch-norm.json. Batches have 4, 3 and 2 rows of width 3:
x_ij(t) = 2 sin(1 + 1.1 i + 0.7 j + 1.9 t) + j. The gradient is that of sum_ij cos(i + 2 j) y_ij.
"""

import json
import math
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/nn/__fixtures__/batch-norm.json"
WIDTH = 3


def batch(rows, t):
    return [
        [2 * math.sin(1 + 1.1 * i + 0.7 * j + 1.9 * t) + j for j in range(WIDTH)]
        for i in range(rows)
    ]


norm = torch.nn.BatchNorm1d(WIDTH)
with torch.no_grad():
    norm.weight.copy_(torch.tensor([1.5, 0.5, -1.0]))
    norm.bias.copy_(torch.tensor([0.1, -0.2, 0.3]))
steps = []
for t, rows in enumerate([4, 3, 2]):
    x = torch.tensor(batch(rows, t), requires_grad=True)
    y = norm(x)
    weight = torch.tensor([[math.cos(i + 2 * j) for j in range(WIDTH)] for i in range(rows)])
    (weight * y).sum().backward()
    steps.append(
        {
            "x": x.tolist(),
            "y": y.tolist(),
            "gradient": x.grad.tolist(),
            "mean": norm.running_mean.tolist(),
            "variance": norm.running_var.tolist(),
        }
    )
norm.eval()
x = torch.tensor(batch(2, 9))
evaluated = {"x": x.tolist(), "y": norm(x).tolist()}
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(
    json.dumps(
        {
            "torch": torch.__version__,
            "scale": norm.weight.tolist(),
            "shift": norm.bias.tolist(),
            "steps": steps,
            "evaluated": evaluated,
        }
    )
    + "\n"
)
