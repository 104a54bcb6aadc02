"""Reference trajectories of PyTorch's optimisers on a small vector.

    python benchmarks/reference/optimisers.py

writes packages/core/src/optim/__fixtures__/trajectories.json: for each optimiser and weight decay,
the parameters after each of 12 steps with gradient g_i(t) = sin(1 + 1.7 i + 0.9 t), in float32.
"""

import json
import math
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/optim/__fixtures__/trajectories.json"
START = [1.5, -0.25, 0.75, -2.0, 0.0]
STEPS = 12

OPTIMISERS = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "adagrad": torch.optim.Adagrad,
}


def trajectory(make, learning_rate, weight_decay):
    x = torch.tensor(START, requires_grad=True)
    optimiser = make([x], lr=learning_rate, weight_decay=weight_decay)
    seen = []
    for t in range(STEPS):
        x.grad = torch.tensor([math.sin(1 + 1.7 * i + 0.9 * t) for i in range(len(START))])
        optimiser.step()
        seen.append(x.detach().tolist())
    return seen


cases = [
    {
        "kind": kind,
        "learningRate": 0.05,
        "weightDecay": weight_decay,
        "parameters": trajectory(make, 0.05, weight_decay),
    }
    for kind, make in OPTIMISERS.items()
    for weight_decay in (0.0, 0.1)
]
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({"torch": torch.__version__, "start": START, "cases": cases}) + "\n")
