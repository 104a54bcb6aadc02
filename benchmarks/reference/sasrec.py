"""Reference values of SASRec.

    python benchmarks/reference/sasrec.py
"""

import math

import torch

from sequence import FEATURES, LENGTH, WIDTH, block_masks, block_shapes, blocks, embeddings, histories, mask_of, scores
from shelf import case, write


def sasrec(heads):
    def forward(p, e, batch):
        states = []
        for row, (items, there) in enumerate(histories(e, batch)):
            if not there:
                states.append(torch.zeros(WIDTH))
                continue
            x = (math.sqrt(WIDTH) * items + p["positions"][there]) * mask_of(batch, "drop", row, there)
            states.append(blocks(p, batch, x, row, there, heads, True, torch.relu)[-1])
        return scores(states, e)

    return forward


def of(numeric=(), layers=1, heads=1, bias=False, rate=0):
    config = {"kind": "sasrec", "width": WIDTH, "layers": layers, "heads": heads, "itemBias": bias, "dropout": rate}
    shapes = {"positions": (LENGTH, WIDTH), **block_shapes(layers, WIDTH)}
    masks = block_masks(layers, rate) if rate else {}
    return case(config, sasrec(heads), shapes, embeddings(bias), FEATURES, numeric, masks=masks)


write("sasrec", [of(), of(["price"], heads=2), of(layers=2, heads=2, bias=True), of(layers=2, heads=4, rate=0.25)])
