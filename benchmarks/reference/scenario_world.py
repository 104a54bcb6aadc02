"""The best that can be reached in a world of scenarios, in NumPy: python benchmarks/reference/scenario_world.py

Written from the description of the world (docs/reference/data.md), with angles made by other means and the
deviation of the hidden units taken from the draws. Expected AUC of the true probabilities, over many worlds.
"""

import json
from pathlib import Path

import numpy as np

FEATURES, UNITS, STRENGTH, BIAS, TASK_ANGLE, SHIFT = 20, 8, 2.2, -1.2, 45, 0.5
FIXTURE = "packages/core/src/data/scenarios/__fixtures__/best-auc.json"


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def expected_auc(p):
    """Chance that a positive outranks a negative when each row is positive with its own probability p."""
    p = np.sort(p)
    below = np.cumsum(1 - p) - (1 - p)
    return float((p * (below + (1 - p) / 2)).sum() / (p.sum() * (1 - p).sum()))


def world(seed, rows=40_000):
    draw = np.random.default_rng(seed)
    mixing = np.linalg.qr(draw.normal(size=(FEATURES, UNITS)))[0].T
    plane = np.linalg.qr(draw.normal(size=(UNITS, 2)))[0].T
    angle = np.radians(TASK_ANGLE)
    click, sale = plane[0], np.cos(angle) * plane[0] + np.sin(angle) * plane[1]
    mean = draw.normal(size=FEATURES)
    mean *= SHIFT / np.linalg.norm(mean)
    deviation = np.tanh(1.5 * draw.normal(size=4_000_000)).std() if seed == 0 else world.deviation
    world.deviation = deviation
    z = np.tanh(1.5 * (draw.normal(size=(rows, FEATURES)) + mean) @ mixing.T) / deviation
    p_click = sigmoid(STRENGTH * z @ click + BIAS)
    p_sale = p_click * sigmoid(STRENGTH * z @ sale + BIAS)
    return [expected_auc(p_click), expected_auc(p_sale), p_click.mean(), p_sale.mean()]


found = np.array([world(seed) for seed in range(200)])
names = ["clickAuc", "saleAuc", "clickRate", "saleRate"]
result = {
    name: {"mean": round(float(own.mean()), 5), "deviation": round(float(own.std(ddof=1)), 5)}
    for name, own in zip(names, found.T)
}
path = Path(__file__).resolve().parents[2] / FIXTURE
path.write_text(json.dumps(result, indent=2) + "\n")
print(json.dumps(result))
