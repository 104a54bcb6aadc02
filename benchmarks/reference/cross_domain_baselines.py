"""What the references of cross-domain models share.

A case is a handful of users, each a list of events (domain, slot). Every user is read by itself and without
padding: where the programs of Atoll mask, these loops have nothing to mask. `case` lays the same users out as
the arrays of a chunk, and takes losses, terms and gradients of the whole.
Matrices are [in, out], as Atoll has them.
"""

import math

import torch

from cross_domain import WIDTH, target_loss
from sequence import attend
from shelf import layer_norm, linear, rounded, wave


def encode(p, name, items, places, heads, masks, length):
    """States of the items at these places of a sequence of a length; `masks` by name, [length * WIDTH], or None."""

    def drop(part):
        return 1 if masks is None else masks[f"{name}/{part}"].reshape(length, WIDTH)[places]

    x = (math.sqrt(WIDTH) * items + p[f"{name}/positions"][places]) * drop("drop")
    i = 0
    while f"{name}/block{i}/up/weight" in p:
        block = f"{name}/block{i}"
        mixed = attend(p, f"{block}/attention", layer_norm(p, f"{block}/norm0", x), heads, True)
        x = x + drop(f"block{i}/drop0") * mixed
        inner = torch.relu(linear(p, f"{block}/up", layer_norm(p, f"{block}/norm1", x)))
        x = x + drop(f"block{i}/drop1") * linear(p, f"{block}/down", inner)
        i += 1
    return layer_norm(p, f"{name}/norm", x)


class User:
    """Events (domain, slot), the last of which is only predicted; `missing`: negatives that are not there."""

    def __init__(self, events, missing=()):
        self.events, self.missing = events, set(missing)

    def lay_out(self, sizes):
        D, L, X = sizes["domains"], sizes["length"], sizes["domainLength"]
        seen = self.events[:-1][-L:]
        self.inputs = seen
        self.merged_places = list(range(L - len(seen), L))
        self.own = [[i for i, (d, _) in enumerate(seen) if d == x][-X:] for x in range(D)]
        self.own_places = [list(range(X - len(of), X)) for of in self.own]
        self.targets = self.events[-len(seen) :]
        counts = [sum(d == x for d, _ in self.targets) for x in range(D)]
        self.weights = [1 / counts[d] for d, _ in self.targets]

    def before(self, t, x):
        """How many of the domain's own sequence are at or before position t of the inputs."""
        return sum(i <= t for i in self.own[x])


def own_states(p, user, rows, heads, masks, sizes):
    """By domain, the states of its encoder over the user's own sequence; none where there is none."""
    own = []
    for x in range(sizes["domains"]):
        slots = [user.inputs[i][1] for i in user.own[x]]
        places = user.own_places[x]
        states = encode(p, f"domain{x}", rows[slots], places, heads, masks, sizes["domainLength"]) if slots else []
        own.append(states)
    return own


def arrays_of(users, sizes):
    """The chunk's arrays, filled with -1 and 0 where there is nothing; the last place holds nobody."""
    C, D, L, X, T, N = (sizes[k] for k in ("users", "domains", "length", "domainLength", "targets", "negatives"))

    def full(value, *shape):
        return torch.full(shape, float(value))

    a = {
        "merged": full(-1, C, L),
        "domains": full(-1, C, D, X),
        "stateAt": full(-1, C, T),
        "domainStateAt": full(-1, C, D, T),
        "targetAt": full(-1, C, T),
        "targetDomain": full(0, C, D, T),
        "weight": full(0, C, T),
        "present": full(0, C),
        "negativePresent": full(0, C, D, N),
    }
    for c, user in enumerate(users):
        a["present"][c] = 1
        for place, (_, slot) in zip(user.merged_places, user.inputs):
            a["merged"][c, place] = slot
        for x in range(D):
            for place, i in zip(user.own_places[x], user.own[x]):
                a["domains"][c, x, place] = user.inputs[i][1]
            for n in range(N):
                a["negativePresent"][c, x, n] = (x, n) not in user.missing
        for t, (domain, slot) in enumerate(user.targets):
            at = user.merged_places[t]
            a["stateAt"][c, at] = at
            a["targetAt"][c, at] = slot
            a["targetDomain"][c, domain, at] = 1
            a["weight"][c, at] = user.weights[t]
            for x in range(D):
                if user.before(t, x):
                    a["domainStateAt"][c, x, at] = user.own_places[x][user.before(t, x) - 1]
    return a


def next_items(user, c, queries, rows, negatives, kind):
    total = 0
    for t, (domain, slot) in enumerate(user.targets):
        query = queries[domain][t]
        there = [n for n in range(negatives.shape[2]) if (domain, n) not in user.missing]
        loss = target_loss(kind, query @ rows[c, slot], negatives[c, domain, there] @ query)
        total = total + user.weights[t] * loss
    return total


def case(settings, model, shapes, mask_sizes, users, sizes, rate=0, loss="sampled-softmax", across=None):
    """`model(p, user, rows, negatives, masks)` gives queries and, where no masks are given, what scoring reads:
    `last` queries and representations. It may give `further` queries, `terms`, and `across`, which
    `across(p, all)` turns into terms of all users."""
    for user in users:
        user.lay_out(sizes)
    C, D, R, N, W = (sizes[k] for k in ("users", "domains", "own", "negatives", "width"))

    def numbers(shape, phase):
        return wave(shape, phase, 0.5).float().double()  # which float32 holds exactly

    p = {
        name: numbers(shape, 1.9 * n) + (1 if name.endswith("scale") else 0)
        for n, (name, shape) in enumerate(shapes.items())
    }
    rows, negatives = numbers((C, R, W), 0.4), numbers((C, D, N, W), 2.6)
    masks = {
        name: (torch.arange(C * size).reshape(C, size) * (2 * i + 1) % (3 + i) > 0) / (1 - rate)
        for i, (name, size) in enumerate(mask_sizes.items())
    } if rate else {}
    inputs = {"ownRows": rows, "negativeRows": negatives, **arrays_of(users, sizes)}
    inputs |= {f"dropout:{name}": mask for name, mask in masks.items()}
    result = {
        "settings": settings,
        "loss": loss,
        "request": "none",
        "sizes": sizes,
        "parameters": {name: rounded(value) for name, value in p.items()},
        "inputs": {name: rounded(value) for name, value in inputs.items()},
    }
    learned = {**p, "ownRows": rows, "negativeRows": negatives}
    for value in learned.values():
        value.requires_grad_()

    outputs = [
        model(p, user, rows[c], negatives[c], {name: mask[c] for name, mask in masks.items()} if rate else None)
        for c, user in enumerate(users)
    ]
    terms = [dict(o.get("terms", {})) for o in outputs]
    for c, o in enumerate(outputs):
        for name, (weight, queries) in o.get("further", {}).items():
            terms[c][name] = weight * next_items(users[c], c, queries, rows, negatives, loss)
    if across is not None:
        for own, more in zip(terms, across(p, [o["across"] for o in outputs])):
            own |= more
    losses = [
        next_items(user, c, o["queries"], rows, negatives, loss) + sum(terms[c].values())
        for c, (user, o) in enumerate(zip(users, outputs))
    ]
    gradients = lambda value: torch.autograd.grad(value, learned.values(), retain_graph=True, allow_unused=True)
    square = lambda g: 0 if g is None else (g**2).sum()
    last = [model(p, user, rows[c], negatives[c], None) for c, user in enumerate(users)]
    result["expected"] = {
        "userLoss": rounded(torch.stack(losses)),
        "terms": {name: sum(own[name] for own in terms).item() for name in terms[0]},
        "norms": rounded(torch.tensor([math.sqrt(sum(map(square, gradients(own)))) for own in losses])),
        "gradients": {
            name: rounded(torch.zeros_like(value) if g is None else g)
            for (name, value), g in zip(learned.items(), gradients(sum(losses)))
        },
        "queries": [rounded(torch.stack(o["last"])) for o in last],
        "representations": [rounded(torch.stack(o["representations"])) for o in last],
        "pairs": [rounded(negatives[c, 1] @ o["last"][1]) for c, o in enumerate(last)],
    }
    return result


def sizes_of(domains, negatives, users, length=5, domain_length=3):
    return {
        "users": users + 1,
        "domains": domains,
        "length": length,
        "domainLength": domain_length,
        "targets": length,
        "own": 9,
        "negatives": negatives,
        "width": WIDTH,
        "publicWidth": 0,
        "learnedRows": True,
        "profileWidth": 0,
        "requestNumbers": 0,
        "augmented": False,
    }


def two_domains():
    return [
        User([(0, 0), (1, 1), (0, 2), (1, 3), (0, 4)]),
        User([(0, 0), (0, 1), (0, 2)]),  # nothing of the other domain
        User([(1, 0), (0, 1)]),  # one target
        User([(0, 0), (0, 1), (0, 2), (0, 3), (1, 4), (0, 5)], missing=[(1, 1), (0, 2), (0, 4)]),
        User([(1, 0), (1, 1), (0, 2), (1, 0), (1, 3), (0, 4), (1, 5)], missing=[(1, 0)]),
    ]


def three_domains():
    return [
        User([(0, 0), (1, 1), (2, 2), (1, 3), (2, 4)]),
        User([(2, 0), (0, 1), (2, 2)]),
        User([(0, 0), (1, 1), (2, 2), (1, 3), (0, 4), (1, 5), (0, 6)], missing=[(1, 0), (2, 1)]),
        User([(1, 0), (1, 1)]),
    ]
