"""Reference values of the mechanisms, by mpmath with 80 digits.

    python benchmarks/reference/mechanisms.py

writes packages/core/src/privacy/mechanisms/__fixtures__/mechanisms.json

normalTail: P(N(0, 1) > i / 8) for i = 0, 1, 2, ...
cellSums: floor(2^192 S(j)), hexadecimal, S(j) = sum_{i >= j} exp(-i^2 / 512).
cells: floor(2^192 S(j) / S(0)).
inverseExp: floor(2^96 exp(-gamma)), hexadecimal, for ratios gamma.
discreteGaussian: P(0), P(1), ... and the variance of the discrete Gaussian distribution.
sums: of m discrete Gaussians, the Renyi divergences between it and itself moved by Delta, in one
dimension, at orders; and the sum of concentrated-privacy terms of Kairouz et al. 2021, proposition 14.
"""

import json
from pathlib import Path

import mpmath as mp

OUT = Path(__file__).resolve().parent / "../../packages/core/src/privacy/mechanisms/__fixtures__"

mp.mp.dps = 80


def cell_sums():
    weights = [mp.exp(-mp.mpf(j * j) / 512) for j in range(600)]
    return [mp.fsum(weights[j:]) for j in range(240)]


def fixed(x):
    return format(int(mp.floor(x * 2**192)), "x")


def pmf(sigma, reach):
    weights = {x: mp.exp(-mp.mpf(x * x) / (2 * sigma**2)) for x in range(-reach, reach + 1)}
    total = mp.fsum(weights.values())
    return {x: weight / total for x, weight in weights.items()}


def discrete_gaussian(p, q):
    sigma = mp.mpf(p) / q
    law = pmf(sigma, int(20 * sigma) + 20)
    return {
        "numerator": p,
        "denominator": q,
        "probabilities": [float(law[x]) for x in range(int(6 * sigma) + 2)],
        "variance": float(mp.fsum(x * x * w for x, w in law.items())),
    }


def convolved(a, b):
    out = {}
    for x, v in a.items():
        for y, w in b.items():
            out[x + y] = out.get(x + y, 0) + v * w
    return out


def sums(sigma, m, delta, dimension):
    sigma = mp.mpf(sigma)
    law = pmf(sigma, int(18 * sigma) + 12)
    total = law
    for _ in range(m - 1):
        total = convolved(total, law)
    orders = [2, 4, 8, 16]
    divergences = []
    for order in orders:
        terms = [
            total[x] ** order * total[x - delta] ** (1 - order)
            for x in total
            if x - delta in total and abs(x) < (order + 1) * delta + 12 * sigma * mp.sqrt(m)
        ]
        divergences.append(float(mp.log(mp.fsum(terms)) / (order - 1)))
    tau = 10 * mp.fsum(
        mp.exp(-2 * mp.pi**2 * sigma**2 * mp.mpf(k) / (k + 1)) for k in range(1, m)
    )
    scaled = delta / (mp.sqrt(m) * sigma)
    square = min(scaled**2 + 2 * tau * dimension, (scaled + tau * mp.sqrt(dimension)) ** 2)
    return {
        "sigma": float(sigma),
        "clients": m,
        "delta": delta,
        "dimension": dimension,
        "orders": orders,
        "divergences": divergences,
        "noiseMultiplier": float(1 / mp.sqrt(square)),
    }


def inverse_exp(p, q):
    value = int(mp.floor(mp.exp(-mp.mpf(p) / q) * 2**96))
    return {"numerator": p, "denominator": q, "value": format(value, "x")}


values = {
    "normalTail": [float(mp.erfc(mp.mpf(i) / 8 / mp.sqrt(2)) / 2) for i in range(81)],
    "cellSums": [fixed(s) for s in cell_sums()],
    "cells": [fixed(s / cell_sums()[0]) for s in cell_sums()],
    "inverseExp": [inverse_exp(p, q) for p, q in [(1, 512), (1, 2), (1, 1), (7, 3), (99, 100)]],
    "discreteGaussian": [
        discrete_gaussian(p, q) for p, q in [(1, 1), (2, 1), (1, 2), (7, 3), (64, 1)]
    ],
    "sums": [
        sums(sigma, m, delta, dimension)
        for sigma, m, delta, dimension in [
            (0.5, 2, 1, 1), (0.5, 10, 1, 1), (1, 2, 1, 1), (1, 5, 3, 1), (2, 10, 4, 1),
            (3, 20, 5, 1), (1, 10, 2, 1000), (2, 20, 10, 1000000), (0.75, 3, 2, 20),
        ]
    ],
}
OUT.mkdir(exist_ok=True)
path = OUT / "mechanisms.json"
path.write_text(json.dumps(values, indent=1) + "\n")
print(f"wrote {path.resolve()}")
