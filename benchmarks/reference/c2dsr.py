"""Reference values of C2DSR (Cao et al., CIKM 2022), without its item graphs.

    python benchmarks/reference/c2dsr.py
"""

import torch
import torch.nn.functional as F

from cross_domain import encoder_masks, encoder_shapes, write
from cross_domain_baselines import case, encode, own_states, sizes_of, three_domains, two_domains


def c2dsr(sizes, heads, weight):
    D, L, W = sizes["domains"], sizes["length"], sizes["width"]

    def merged_states(p, user, rows, masks, replaced=None, negatives=None):
        """States at the inputs by their number; items of domain `replaced` become negatives, or go."""
        items, places, kept = [], [], []
        for i, (place, (domain, slot)) in enumerate(zip(user.merged_places, user.inputs)):
            vector = rows[slot]
            if replaced is not None and i in user.own[replaced]:
                n = place % negatives.shape[1]
                if (replaced, n) in user.missing:
                    continue
                vector = negatives[replaced, n]
            items.append(vector), places.append(place), kept.append(i)
        states = encode(p, "merged", torch.stack(items), places, heads, masks, L)
        return dict(zip(kept, states))

    def model(p, user, rows, negatives, masks):
        merged = merged_states(p, user, rows, masks)
        own = own_states(p, user, rows, heads, masks, sizes)
        zero = torch.zeros(W)
        state = lambda x, t: own[x][user.before(t, x) - 1] if user.before(t, x) else zero
        targets = range(len(user.targets))
        term = torch.zeros(())
        for x in range(D):
            others = [i for y in range(D) if y != x for i in user.own[y]]
            if not weight or not user.own[x] or not others:
                continue
            corrupted = merged_states(p, user, rows, masks, x, negatives)
            single = own[x].mean(0)
            score = lambda states: F.bilinear(
                torch.stack([states[i] for i in others]).mean(0)[None],
                single[None],
                p[f"infomax{x}/weight"][None],
                p[f"infomax{x}/bias"],
            ).squeeze()
            one, none = torch.ones(()), torch.zeros(())
            bce = F.binary_cross_entropy_with_logits
            term = term + bce(score(merged), one) + bce(score(corrupted), none)
        last = len(user.inputs) - 1
        ends = [of[-1] if len(of) else zero for of in own]
        return {
            "queries": [[merged[t] + state(x, t) for t in targets] for x in range(D)],
            "further": {"merged": (1, [[merged[t] for t in targets]] * D)},
            "terms": {"infomax": weight * term} if weight else {},
            "last": [merged[last] + end for end in ends],
            "representations": [*ends, merged[last]],
        }

    return model


def of(users, sizes, heads=1, blocks=1, weight=0.5, rate=0, loss="sampled-softmax"):
    D, L, X, W = sizes["domains"], sizes["length"], sizes["domainLength"], sizes["width"]
    parts = [("merged", L), *((f"domain{x}", X) for x in range(D))]
    shapes, masks = {}, {}
    for name, length in parts:
        shapes |= encoder_shapes(name, length, blocks)
        masks |= encoder_masks(name, length, blocks)
    if weight:
        for x in range(D):
            shapes |= {f"infomax{x}/weight": (W, W), f"infomax{x}/bias": (1,)}
    config = {"blocks": blocks, "heads": heads, "dropout": rate, "infomax": weight}
    return case(config, c2dsr(sizes, heads, weight), shapes, masks, users, sizes, rate, loss)


write(
    "c2dsr",
    [
        of(two_domains(), sizes_of(2, 3, 5), heads=2, rate=0.25, loss="bce"),
        of(three_domains(), sizes_of(3, 4, 4), heads=2, weight=1.5),
    ],
)
