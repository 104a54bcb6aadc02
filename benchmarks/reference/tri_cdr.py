"""Reference values of Tri-CDR (Ma et al., TOIS 2024), for every domain as the target at once.

    python benchmarks/reference/tri_cdr.py
"""

import torch
import torch.nn.functional as F

from cross_domain import encoder_masks, encoder_shapes, write
from cross_domain_baselines import case, encode, sizes_of, three_domains, two_domains
from shelf import linear, linear_shapes

HIDDEN = (6, 5)


def tri_cdr(sizes, heads):
    D, L, X, W = sizes["domains"], sizes["length"], sizes["domainLength"], sizes["width"]

    def attention(p, query, facts, mixed):
        """What a query finds among the facts [n, W], the mixed ones being known as a whole."""
        if len(facts) == 0:
            return torch.zeros(W)
        mean = mixed.mean(0) if len(mixed) else torch.zeros(W)
        q, m = query.expand_as(facts), mean.expand_as(facts)
        x = torch.cat([facts, q, facts * q, q - facts, m], 1)
        for i in (0, 1):
            x = F.prelu(linear(p, f"attention/{i}", x), p[f"attention/slope{i}"])
        return linear(p, "attention/2", x)[:, 0].softmax(0) @ facts

    def model(p, user, rows, negatives, masks):
        merged = encode(p, "merged", rows[[s for _, s in user.inputs]], user.merged_places, heads, masks, L)
        own = []
        for x in range(D):
            slots = [user.inputs[i][1] for i in user.own[x]]
            empty = torch.zeros(0, W)
            own.append(encode(p, f"domain{x}", rows[slots], user.own_places[x], heads, masks, X) if slots else empty)

        def found(x, t):
            """What domain x, as the target, finds in all sequences up to position t of the inputs."""
            seen = [merged[: t + 1], *(own[y][: user.before(t, y)] for y in range(D))]
            query = seen[1 + x][-1] if len(seen[1 + x]) else torch.zeros(W)
            return [attention(p, query, facts, seen[0]) for facts in seen]

        def fuse(x, parts):
            hidden = F.leaky_relu(linear(p, f"fusion{x}/0", torch.cat(parts)))
            return linear(p, f"fusion{x}/1", hidden)

        # The last position of every sequence is there for all who have one.
        end = len(user.inputs) - 1
        ends = [found(x, end) for x in range(D)]
        last = lambda states: states[-1] if len(states) else torch.zeros(W)
        return {
            "queries": [[fuse(x, found(x, t)) for t in range(len(user.targets))] for x in range(D)],
            "across": (ends, [len(states) > 0 for states in own]),
            "last": [fuse(x, ends[x]) for x in range(D)],
            "representations": [*(last(states) for states in own), merged[-1]],
        }

    return model


def nt_xent(one, other, temperature):
    """Losses of each user, the mean of its two views'."""
    n = len(one)
    z = F.normalize(torch.cat([one, other]), dim=1)
    similar = (z @ z.T / temperature).masked_fill(torch.eye(2 * n, dtype=torch.bool), -torch.inf)
    partner = torch.arange(2 * n).roll(n)
    losses = F.cross_entropy(similar, partner, reduction="none")
    return (losses[:n] + losses[n:]) / 2


def contrasts(D, coarse, fine):
    def across(p, users):
        def view(x, part, vectors):
            return linear(p, f"contrast{x}/{part}/1", torch.relu(linear(p, f"contrast{x}/{part}/0", vectors)))

        terms = [{"coarse": torch.zeros(()), "fine": torch.zeros(())} for _ in users]
        for x in range(D):
            for y in range(D):
                there = [c for c, (_, has) in enumerate(users) if x != y and has[x] and has[y]]
                if not there:
                    continue
                found = lambda i: torch.stack([users[c][0][x][i] for c in there])
                m, s, t = view(x, "mixed", found(0)), view(x, "source", found(1 + y)), view(x, "target", found(1 + x))
                pairs = sum(nt_xent(a, b, coarse["temperature"]) for a, b in ((m, s), (m, t), (s, t))) / 3
                triplet = F.triplet_margin_loss(s, m, t, margin=fine["margin"], reduction="none")
                for i, c in enumerate(there):
                    terms[c]["coarse"] = terms[c]["coarse"] + coarse["weight"] * pairs[i] / (D - 1)
                    terms[c]["fine"] = terms[c]["fine"] + fine["weight"] * triplet[i] / (D - 1)
        weights = {"coarse": coarse["weight"], "fine": fine["weight"]}
        return [{name: value for name, value in own.items() if weights[name]} for own in terms]

    return across


def of(users, sizes, heads=1, blocks=1, coarse=(1, 0.1), fine=(1, 1), rate=0, loss="sampled-softmax"):
    D, L, X, W = sizes["domains"], sizes["length"], sizes["domainLength"], sizes["width"]
    shapes, masks = {}, {}
    for name, length in [("merged", L), *((f"domain{x}", X) for x in range(D))]:
        shapes |= encoder_shapes(name, length, blocks)
        masks |= encoder_masks(name, length, blocks)
    first, second = HIDDEN
    shapes |= linear_shapes("attention/0", 5 * W, first) | linear_shapes("attention/1", first, second)
    shapes |= linear_shapes("attention/2", second, 1) | {"attention/slope0": (1,), "attention/slope1": (1,)}
    for x in range(D):
        shapes |= linear_shapes(f"fusion{x}/0", (D + 1) * W, W) | linear_shapes(f"fusion{x}/1", W, W)
    coarse, fine = dict(zip(("weight", "temperature"), coarse)), dict(zip(("weight", "margin"), fine))
    if coarse["weight"] or fine["weight"]:
        for x in range(D):
            for part in ("mixed", "source", "target"):
                for i in (0, 1):
                    shapes |= linear_shapes(f"contrast{x}/{part}/{i}", W, W)
    config = {"blocks": blocks, "heads": heads, "dropout": rate, "hidden": HIDDEN, "coarse": coarse, "fine": fine}
    across = contrasts(D, coarse, fine) if coarse["weight"] or fine["weight"] else None
    return case(config, tri_cdr(sizes, heads), shapes, masks, users, sizes, rate, loss, across)


write(
    "tri-cdr",
    [
        of(two_domains(), sizes_of(2, 4, 5), heads=2, coarse=(0.1, 0.5), rate=0.25),
        of(three_domains(), sizes_of(3, 6, 4), coarse=(0, 0.1), fine=(2, 0.3), loss="bce"),
    ],
)
