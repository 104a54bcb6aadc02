"""Reference values of BERT4Rec.

    python benchmarks/reference/bert4rec.py
"""

import torch
import torch.nn.functional as F

from sequence import FEATURES, LENGTH, WIDTH, block_masks, block_shapes, blocks, embeddings, histories, mask_of, scores
from shelf import case, linear, linear_shapes, write

ACTIVATIONS = {"relu": torch.relu, "gelu": lambda x: F.gelu(x, approximate="tanh")}


def bert4rec(heads, activation):
    act = ACTIVATIONS[activation]

    def forward(p, e, batch):
        states = []
        for row, (items, there) in enumerate(histories(e, batch)):
            # The hidden position takes the last place, all others move up, the oldest falls off.
            kept = [(vector, t - 1) for vector, t in zip(items, there) if t > 0]
            vectors = torch.stack([*(vector for vector, _ in kept), p["mask"]])
            places = [*(t for _, t in kept), LENGTH - 1]
            x = (vectors + p["positions"][places]) * mask_of(batch, "drop", row, places)
            x = blocks(p, batch, x, row, places, heads, False, act)
            states.append(act(linear(p, "last", x[-1])))
        return scores(states, e)

    return forward


def of(numeric=(), layers=1, heads=1, bias=False, rate=0, inner=None, activation="gelu"):
    config = {
        "kind": "bert4rec",
        "width": WIDTH,
        "layers": layers,
        "heads": heads,
        "itemBias": bias,
        "dropout": rate,
        "activation": activation,
        **({"inner": inner} if inner else {}),
    }
    shapes = {
        "positions": (LENGTH, WIDTH),
        "mask": (WIDTH,),
        **block_shapes(layers, inner or 4 * WIDTH),
        **linear_shapes("last", WIDTH, WIDTH),
    }
    masks = block_masks(layers, rate) if rate else {}
    return case(config, bert4rec(heads, activation), shapes, embeddings(bias), FEATURES, numeric, masks=masks)


write(
    "bert4rec",
    [
        of(),
        of(["price"], heads=2, bias=True, inner=3, activation="relu"),
        of(layers=2, heads=4, rate=0.25, inner=5),
    ],
)
