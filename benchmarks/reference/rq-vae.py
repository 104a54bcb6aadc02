"""Reference values of the RQ-VAE in PyTorch: forward, losses and gradients for both residual choices, a
moving-average update, and Sinkhorn's assignment.

    python benchmarks/reference/rq-vae.py

writes packages/core/src/models/quantization/__fixtures__/rq-vae.json.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/models/quantization/__fixtures__/rq-vae.json"

BATCH, INPUTS, HIDDEN, WIDTH, LEVELS, CODES = 11, 6, [5], 3, 3, 4
BETA, WEIGHT, GAMMA, EPSILON = 0.3, 0.7, 0.8, 1e-5
SINKHORN = {"epsilon": 0.05, "iterations": 20}


def wave(*shape, phase, size):
    count = math.prod(shape)
    values = [size * math.sin(1 + 0.7 * i + 0.13 * (i % 5) ** 2 + phase) for i in range(count)]
    return torch.tensor(values, dtype=torch.float32).reshape(shape)


def parameters():
    values = {}
    for name, sizes in (
        ("encoder", [INPUTS, *HIDDEN, WIDTH]),
        ("decoder", [WIDTH, *reversed(HIDDEN), INPUTS]),
    ):
        for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
            values[f"{name}/{i}/weight"] = wave(a, b, phase=len(values), size=0.8)
            values[f"{name}/{i}/bias"] = wave(b, phase=len(values), size=0.3)
    for level in range(LEVELS):
        values[f"codebook/{level}"] = wave(
            CODES, WIDTH, phase=20 + 3 * level, size=1.2 * 0.5**level
        )
    return {name: value.requires_grad_() for name, value in values.items()}


def stack(values, name, count, x):
    for i in range(count):
        x = x @ values[f"{name}/{i}/weight"] + values[f"{name}/{i}/bias"]
        if i + 1 < count:
            x = F.relu(x)
    return x


def sinkhorn(distances):
    """LC-Rec's `center_distance_for_constraint` and `sinkhorn_algorithm`, in doubles."""
    high, low = distances.max(), distances.min()
    middle = (high + low) / 2
    d = ((distances - middle) / (high - middle + 1e-5)).double()
    q = torch.exp(-d / SINKHORN["epsilon"])
    q = q / q.sum()
    rows, columns = q.shape
    for _ in range(SINKHORN["iterations"]):
        q = q / q.sum(1, keepdim=True) / rows
        q = q / q.sum(0, keepdim=True) / columns
    return q.argmax(1)


def forward(values, x, residual_rule, update, last):
    z = stack(values, "encoder", len(HIDDEN) + 1, x)
    residual = z
    total = torch.zeros_like(z)
    losses, codes, residuals, distances = [], [], [], []
    for level in range(LEVELS):
        book = values[f"codebook/{level}"]
        far = ((residual.detach()[:, None] - book.detach()[None]) ** 2).sum(2)
        code = sinkhorn(far) if last == "sinkhorn" and level + 1 == LEVELS else far.argmin(1)
        q = book[code]
        codes.append(code)
        residuals.append(residual.detach().clone())
        commitment = F.mse_loss(q.detach(), residual)
        distances.append(commitment.item())
        loss = BETA * commitment
        if update == "gradient":
            loss = loss + F.mse_loss(q, residual.detach())
        losses.append(loss)
        through = residual + (q - residual).detach()
        total = total + through
        residual = residual - (through if residual_rule == "straight-through" else q.detach())
    restored = stack(values, "decoder", len(HIDDEN) + 1, total)
    reconstruction = F.mse_loss(restored, x)
    loss = reconstruction + WEIGHT * sum(losses) / LEVELS
    return loss, reconstruction, sum(distances) / LEVELS, codes, residuals, restored


def moving_average(book, codes, residuals):
    """lucidrains' EuclideanCodebook with decay GAMMA, from counts 1 and sums equal to the codes."""
    one_hot = F.one_hot(codes, CODES).float()
    counts = torch.ones(CODES).lerp(one_hot.sum(0), 1 - GAMMA)
    sums = book.clone().lerp(one_hot.T @ residuals, 1 - GAMMA)
    smoothed = (counts + EPSILON) / (counts.sum() + CODES * EPSILON) * counts.sum()
    return {
        "counts": counts.tolist(),
        "sums": sums.flatten().tolist(),
        "rows": (sums / smoothed[:, None]).flatten().tolist(),
    }


def case(residual, update, last):
    values, x = parameters(), wave(BATCH, INPUTS, phase=0.5, size=1.5)
    loss, reconstruction, commitment, codes, residuals, restored = forward(
        values, x, residual, update, last
    )
    loss.backward()
    # A code that flips by rounding would make the comparison meaningless.
    for level in range(LEVELS):
        book = values[f"codebook/{level}"].detach()
        far = ((residuals[level][:, None] - book[None]) ** 2).sum(2).sort(1).values
        assert (far[:, 1] - far[:, 0]).min() > 1e-3, (level, far)
    return {
        "residual": residual,
        "update": update,
        "lastLevel": last,
        "loss": loss.item(),
        "reconstruction": reconstruction.item(),
        "commitment": commitment,
        "codes": torch.stack(codes, 1).flatten().tolist(),
        "restored": restored.flatten().tolist(),
        "gradients": {
            name: value.grad.flatten().tolist()
            for name, value in values.items()
            if value.grad is not None
        },
        "averages": [
            moving_average(values[f"codebook/{level}"].detach(), codes[level], residuals[level])
            for level in range(LEVELS)
        ],
    }


def main():
    cases = [
        case(residual, update, last)
        for residual in ("straight-through", "detached")
        for update in ("gradient", "ema")
        for last in ("nearest", "sinkhorn")
    ]
    values = {
        "inputs": INPUTS,
        "batch": BATCH,
        "config": {
            "hidden": HIDDEN,
            "width": WIDTH,
            "levels": LEVELS,
            "codes": CODES,
            "commitment": BETA,
            "quantisationWeight": WEIGHT,
            "decay": GAMMA,
        },
        "epsilon": EPSILON,
        "sinkhorn": SINKHORN,
        "x": wave(BATCH, INPUTS, phase=0.5, size=1.5).flatten().tolist(),
        "parameters": {name: value.flatten().tolist() for name, value in parameters().items()},
        "cases": cases,
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(values, indent=1) + "\n")
    print([c["codes"] for c in cases[:2]], OUT.stat().st_size)


main()
