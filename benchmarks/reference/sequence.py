"""What the reference scripts of the models of sequences share.

Each row is read by itself, without its padding: `histories` gives, row by row, the vectors of the items that
are there, oldest first. Where ours masks, these loops have nothing to mask.
"""

import torch
import torch.nn.functional as F

from shelf import categorical, layer_norm, linear, linear_shapes

LENGTH, WIDTH = 4, 4
FEATURES = categorical("user", "item", history=(LENGTH, "item"))
VALUES = (LENGTH + 1, WIDTH, ["history", "item"])


def histories(e, batch):
    """For every row: the vectors of its past items [there, WIDTH], and their positions."""
    for row, index in zip(e["items"][:, :LENGTH], batch.index["history"]):
        there = [t for t in range(LENGTH) if index[t] > 0]
        yield row[there], there


def scores(states, e):
    """The product of each row's state with the item that it scores, plus the item's bias."""
    logits = (torch.stack(states) * e["items"][:, LENGTH]).sum(1)
    return logits + e["bias"][:, 0, 0] if "bias" in e else logits


def embeddings(bias):
    return {"items": VALUES, **({"bias": (1, 1, ["item"])} if bias else {})}


def mask_of(batch, name, row, there, width=WIDTH):
    """The dropout mask of the positions that are there; 1 where nothing is dropped."""
    if name not in batch.masks or not batch.train:
        return 1
    return batch.masks[name][row].reshape(LENGTH, width)[there]


def attend(p, name, x, heads, causal):
    q, k, v = (
        linear(p, f"{name}/{part}", x).unflatten(1, (heads, -1)).transpose(0, 1)
        for part in ("queries", "keys", "values")
    )
    mixed = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    return linear(p, f"{name}/out", mixed.transpose(0, 1).flatten(1))


def blocks(p, batch, x, row, there, heads, causal, activation):
    """Transformer blocks, as many as there are parameters, on one sequence [there, WIDTH]."""
    i = 0
    while f"block{i}/up/weight" in p:
        name = f"block{i}"
        drops = [mask_of(batch, f"{name}/drop{k}", row, there) for k in (0, 1)]
        x = x + drops[0] * attend(p, f"{name}/attention", layer_norm(p, f"{name}/norm0", x), heads, causal)
        inner = activation(linear(p, f"{name}/up", layer_norm(p, f"{name}/norm1", x)))
        x = x + drops[1] * linear(p, f"{name}/down", inner)
        i += 1
    return layer_norm(p, "norm", x)


def norm_shapes(name):
    return {f"{name}/scale": (WIDTH,), f"{name}/shift": (WIDTH,)}


def block_shapes(layers, inner):
    shapes = {}
    for i in range(layers):
        shapes |= norm_shapes(f"block{i}/norm0") | norm_shapes(f"block{i}/norm1")
        for part in ("queries", "keys", "values", "out"):
            shapes |= linear_shapes(f"block{i}/attention/{part}", WIDTH, WIDTH)
        shapes |= linear_shapes(f"block{i}/up", WIDTH, inner) | linear_shapes(f"block{i}/down", inner, WIDTH)
    return shapes | norm_shapes("norm")


def block_masks(layers, rate):
    names = ["drop", *(f"block{i}/drop{k}" for i in range(layers) for k in (0, 1))]
    return {name: (LENGTH * WIDTH, rate) for name in names}
