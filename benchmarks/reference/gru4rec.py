"""Reference values of GRU4Rec.

    python benchmarks/reference/gru4rec.py
"""

import torch

from sequence import FEATURES, LENGTH, WIDTH, embeddings, histories, mask_of, scores
from shelf import case, linear, linear_shapes, write


def gru4rec(p, e, batch):
    states = []
    for row, (x, there) in enumerate(histories(e, batch)):
        i = 0
        while f"gru/{i}/input" in p:
            x = x * mask_of(batch, f"gru/{i}/drop", row, there, p[f"gru/{i}/input"].shape[0])
            h, outputs = torch.zeros(1, p[f"gru/{i}/recurrent"].shape[0]), []
            for step in x:
                h = torch.gru_cell(
                    step[None],
                    h,
                    p[f"gru/{i}/input"].T,
                    p[f"gru/{i}/recurrent"].T,
                    p[f"gru/{i}/input-bias"],
                    p[f"gru/{i}/recurrent-bias"],
                )
                outputs.append(h)
            x = torch.cat(outputs) if outputs else x.new_zeros(0, h.shape[1])
            i += 1
        if "project/weight" in p:
            x = linear(p, "project", x)
        states.append(x[-1] if len(x) else torch.zeros(WIDTH))
    return scores(states, e)


def shapes(layers, units):
    found = {}
    for i in range(layers):
        found |= {
            f"gru/{i}/input": (units if i else WIDTH, 3 * units),
            f"gru/{i}/recurrent": (units, 3 * units),
            f"gru/{i}/input-bias": (3 * units,),
            f"gru/{i}/recurrent-bias": (3 * units,),
        }
    return found | (linear_shapes("project", units, WIDTH) if units != WIDTH else {})


def of(numeric=(), layers=1, units=WIDTH, bias=False, rate=0):
    config = {"kind": "gru4rec", "width": WIDTH, "layers": layers, "units": units, "itemBias": bias, "dropout": rate}
    sizes = [LENGTH * (units if i else WIDTH) for i in range(layers)]
    masks = {f"gru/{i}/drop": (size, rate) for i, size in enumerate(sizes)} if rate else {}
    return case(config, gru4rec, shapes(layers, units), embeddings(bias), FEATURES, numeric, masks=masks)


write("gru4rec", [of(), of(["price"], bias=True), of(layers=2, units=3), of(layers=2, units=5, rate=0.25)])
