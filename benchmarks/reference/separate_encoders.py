"""Reference values of SASRec over each sequence by itself, from which Tri-CDR starts (Ma et al., TOIS 2024).

    python benchmarks/reference/separate_encoders.py
"""

import torch

from cross_domain import encoder_masks, encoder_shapes, write
from cross_domain_baselines import case, encode, own_states, sizes_of, three_domains, two_domains


def separate_encoders(sizes, heads):
    D, L, W = sizes["domains"], sizes["length"], sizes["width"]

    def model(p, user, rows, negatives, masks):
        slots = [slot for _, slot in user.inputs]
        merged = encode(p, "merged", rows[slots], user.merged_places, heads, masks, L)
        own = own_states(p, user, rows, heads, masks, sizes)
        zero = torch.zeros(W)
        state = lambda x, t: own[x][user.before(t, x) - 1] if user.before(t, x) else zero
        targets = range(len(user.targets))
        ends = [of[-1] if len(of) else zero for of in own]
        return {
            "queries": [[state(x, t) for t in targets] for x in range(D)],
            "further": {"merged": (1, [[merged[t] for t in targets]] * D)},
            "last": ends,
            "representations": [*ends, merged[len(user.inputs) - 1]],
        }

    return model


def of(users, sizes, heads=1, blocks=1, rate=0, loss="sampled-softmax"):
    parts = [("merged", sizes["length"])]
    parts += [(f"domain{x}", sizes["domainLength"]) for x in range(sizes["domains"])]
    shapes, masks = {}, {}
    for name, length in parts:
        shapes |= encoder_shapes(name, length, blocks)
        masks |= encoder_masks(name, length, blocks)
    config = {"blocks": blocks, "heads": heads, "dropout": rate}
    return case(config, separate_encoders(sizes, heads), shapes, masks, users, sizes, rate, loss)


write(
    "separate-encoders",
    [
        of(two_domains(), sizes_of(2, 3, 5), heads=2, rate=0.25, loss="bce"),
        of(three_domains(), sizes_of(3, 4, 4)),
    ],
)
