"""What the reference of IDST-CL reads: users of several domains, and a chunk that holds them.

A user is a list of domains, one for each event: every event is an item of its own, whose slot is its number.
The events but the last are the merged sequence, the events but the first are targets; each domain's sequence
holds its events of the merged one. A liked item is a further target, at the last state, and ends the augmented
sequence. Users are read one by one, without padding: where ours masks, these loops have nothing to mask.

A model is a function `forward(p, user, mode)` to an object with `queries` (by domain, [T, queryWidth]), `terms`
(weighted, by name) and `representations` [D + 1, width]; `mode` is "train" or "predict", which has the last
states as its only ones.
"""

import json
import math
from pathlib import Path
from types import SimpleNamespace

import torch
import torch.nn.functional as F

from sequence import attend
from shelf import layer_norm, linear, rounded

FIXTURES = Path(__file__).resolve().parent / "../../packages/core/src/models/cross-domain/__fixtures__"
WIDTH, LENGTH, DOMAIN_LENGTH, OWN, NEGATIVES, EXTRA = 4, 5, 4, 8, 3, 1
TARGETS = LENGTH + EXTRA

torch.set_default_dtype(torch.float64)


def numbers(generator, shape, scale=0.5):
    """Normal numbers that float32 holds exactly."""
    return (scale * torch.randn(shape, generator=generator)).float().double()


def latest(slots, length):
    return slots[max(0, len(slots) - length) :]


def user_of(events, liked, domains):
    """`liked`: the domain of one liked item, whose slot comes after the events', or None."""
    inputs = list(range(len(events) - 1)) if len(events) > 1 else [0]
    merged = latest(inputs, LENGTH)
    own, places = [], []
    for x in range(domains):
        own.append(latest([i for i in inputs if events[i] == x], DOMAIN_LENGTH))
        places.append([max([k for k, i in enumerate(own[x]) if i <= state], default=None) for state in merged])
    targets = [
        SimpleNamespace(slot=i + 1, domain=events[i + 1], state=i - merged[0], weight=1 / (2 + events[i + 1]))
        for i in merged
        if i + 1 < len(events)
    ]
    augmented, shuffled = [None] * domains, [None] * domains
    if liked is not None and targets:
        slot = len(events)
        targets.append(SimpleNamespace(slot=slot, domain=liked, state=len(merged) - 1, weight=0.3))
        augmented[liked] = latest([*own[liked], slot], DOMAIN_LENGTH)
        shuffled[liked] = own[liked][::-1]
    for target in targets:
        target.domain_states = [of[target.state] for of in places]
    return SimpleNamespace(merged=merged, domains=own, augmented=augmented, shuffled=shuffled, targets=targets)


def encode(p, name, user, items, heads, positions, mode):
    """SASRec on one sequence [there, WIDTH]; `positions`: how many the encoder has."""
    there = list(range(positions - len(items), positions))

    def drop(mask):
        return user.masks[mask].reshape(positions, WIDTH)[there] if mode == "train" and mask in user.masks else 1

    x = (math.sqrt(WIDTH) * items + p[f"{name}/positions"][there]) * drop(f"{name}/drop")
    i = 0
    while f"{name}/block{i}/up/weight" in p:
        block = f"{name}/block{i}"
        mixed = attend(p, f"{block}/attention", layer_norm(p, f"{block}/norm0", x), heads, True)
        x = x + drop(f"{block}/drop0") * mixed
        inner = torch.relu(linear(p, f"{block}/up", layer_norm(p, f"{block}/norm1", x)))
        x = x + drop(f"{block}/drop1") * linear(p, f"{block}/down", inner)
        i += 1
    return layer_norm(p, f"{name}/norm", x)


def encoder_shapes(name, positions, blocks):
    def norm(of):
        return {f"{of}/scale": (WIDTH,), f"{of}/shift": (WIDTH,)}

    shapes = {f"{name}/positions": (positions, WIDTH), **norm(f"{name}/norm")}
    for i in range(blocks):
        block = f"{name}/block{i}"
        shapes |= norm(f"{block}/norm0") | norm(f"{block}/norm1")
        for layer in (*(f"attention/{part}" for part in ("queries", "keys", "values", "out")), "up", "down"):
            shapes |= {f"{block}/{layer}/weight": (WIDTH, WIDTH), f"{block}/{layer}/bias": (WIDTH,)}
    return shapes


def encoder_masks(name, positions, blocks):
    names = [f"{name}/drop", *(f"{name}/block{i}/drop{k}" for i in range(blocks) for k in (0, 1))]
    return {mask: positions * WIDTH for mask in names}


def item_vectors(p, side, public, rows):
    return sum(([] if public is None else [public @ p[f"items/{side}"]]) + ([] if rows is None else [rows]))


def product_logits(p, domain, query, vectors):
    """One query with vectors [n, WIDTH]: [n]."""
    return vectors @ query


def mlp_logits(p, domain, query, vectors):
    name = f"head{domain}"
    stacked = torch.cat([query.expand(len(vectors), -1), vectors, query[:WIDTH] * vectors], 1)
    weights = torch.cat([p[f"{name}/states"], p[f"{name}/item"], p[f"{name}/product"]])
    hidden = torch.relu(stacked @ weights + p[f"{name}/bias"])
    return (hidden @ p[f"{name}/out"] + p[f"{name}/outBias"])[:, 0]


def mlp_shapes(domains, query_width):
    shapes = {}
    for x in range(domains):
        shapes |= {
            f"head{x}/states": (query_width, WIDTH),
            f"head{x}/item": (WIDTH, WIDTH),
            f"head{x}/product": (WIDTH, WIDTH),
            f"head{x}/bias": (WIDTH,),
            f"head{x}/out": (WIDTH, 1),
            f"head{x}/outBias": (1,),
        }
    return shapes


def target_loss(kind, z, others):
    """[]: the loss of a target with logit z against negatives [n], of which there may be none."""
    if kind == "sampled-softmax":
        return F.cross_entropy(torch.cat([z[None], others])[None], torch.tensor([0]))
    return F.softplus(-z) + (F.softplus(others).mean() if len(others) else 0)


def padded(slots, length):
    return [-1] * (length - len(slots)) + list(slots)


def place(state, have, length):
    return -1 if state is None else state + length - have


def arrays_of(user, domains, augmented):
    """The arrays of a chunk that say where things are, for one user."""
    result = {"stateAt": [], "targetAt": [], "weight": []}
    result |= {name: [[] for _ in range(domains)] for name in ("domainStateAt", "targetDomain")}
    for t in range(TARGETS):
        target = user.targets[t] if t < len(user.targets) else None
        result["stateAt"].append(-1 if target is None else place(target.state, len(user.merged), LENGTH))
        result["targetAt"].append(-1 if target is None else target.slot)
        result["weight"].append(0 if target is None else target.weight)
        for x in range(domains):
            state = None if target is None else target.domain_states[x]
            result["domainStateAt"][x].append(place(state, len(user.domains[x]), DOMAIN_LENGTH))
            result["targetDomain"][x].append(int(target is not None and target.domain == x))
    result["merged"] = padded(user.merged, LENGTH)
    result["domains"] = [padded(own, DOMAIN_LENGTH) for own in user.domains]
    if augmented:
        result["augmented"] = [padded(own or [], DOMAIN_LENGTH) for own in user.augmented]
        result["shuffled"] = [padded(own or [], DOMAIN_LENGTH) for own in user.shuffled]
    return result


def case(
    settings,
    forward,
    shapes,
    masks,
    *,
    users,
    domains=2,
    loss="sampled-softmax",
    public_width=0,
    profile_width=0,
    rows=True,
    request="none",
    augmented=False,
    logits=product_logits,
    seed=1,
):
    """`users`: (events, liked) each; one more place of the chunk holds none. `masks`: sizes by name."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return numbers(generator, shape)

    count = len(users) + 1
    known = 0 if request == "none" else 2
    if public_width:
        shapes = {**shapes, "items/in": (public_width, WIDTH), "items/out": (public_width, WIDTH)}
    if request == "learned":
        shapes = {**shapes, "request": (domains, known)}
    # Profiles have numbers of their own, so that the others are those of the same case without.
    apart = torch.Generator().manual_seed(seed + 1)
    from_apart = lambda *shape: numbers(apart, shape)
    p = {
        name: (from_apart if name.endswith("/profile") else draw)(*shape) + (1 if name.endswith("/scale") else 0)
        for name, shape in shapes.items()
    }
    p = {name: value.float().double().requires_grad_() for name, value in p.items()}
    own = draw(count, OWN, public_width) if public_width else None
    negatives = draw(count, domains, NEGATIVES, public_width) if public_width else None
    own_rows = draw(count, OWN, WIDTH).requires_grad_() if rows else None
    negative_rows = draw(count, domains, NEGATIVES, WIDTH).requires_grad_() if rows else None
    present = torch.ones(count, domains, NEGATIVES)
    present[0, 1, 2] = 0
    present[1, 0, 1:] = 0
    present[2, 0, :] = 0
    request_target, request_negatives = draw(count, TARGETS, known), draw(count, TARGETS, NEGATIVES, known)
    weights = p["request"] if request == "learned" else draw(domains, known)
    # The second user has no profile, the first none in the first domain.
    profile = from_apart(count, domains, profile_width)
    profile[1], profile[0, 0] = 0, 0
    drops = {name: (torch.rand((count, size), generator=generator) < 0.8) / 0.8 for name, size in masks.items()}

    made = []
    for u, (events, liked) in enumerate(users):
        user = user_of(events, liked if augmented else None, domains)
        of_user = [None if x is None else x[u] for x in (own, own_rows, negatives, negative_rows)]
        user.profile = profile[u]
        user.masks = {name: mask[u] for name, mask in drops.items()}
        user.vectors = item_vectors(p, "in", *of_user[:2])
        user.candidates = item_vectors(p, "out", *of_user[:2])
        user.others = item_vectors(p, "out", *of_user[2:])
        made.append(user)

    def next_items(u, user, queries):
        total = torch.zeros(())
        for t, target in enumerate(user.targets):
            x = target.domain
            query = queries[x][t]
            z = logits(p, x, query, user.candidates[target.slot][None])[0]
            others = logits(p, x, query, user.others[x])
            if known:
                z = z + request_target[u, t] @ weights[x]
                others = others + request_negatives[u, t] @ weights[x]
            total = total + target.weight * target_loss(loss, z, others[present[u, x] > 0])
        return total

    learned = {**p, **({"ownRows": own_rows, "negativeRows": negative_rows} if rows else {})}
    gradients = {name: torch.zeros_like(x) for name, x in learned.items()}
    user_loss, norms, terms, queries, representations, pairs = [], [], {}, [], [], []
    for u, user in enumerate(made):
        out = forward(p, user, "train")
        value = next_items(u, user, out.queries) + sum(out.terms.values())
        for name, term in out.terms.items():
            terms[name] = terms.get(name, 0) + float(term.detach())
        user_loss.append(float(value.detach()))
        square = 0
        if value.requires_grad:
            found = torch.autograd.grad(value, list(learned.values()), allow_unused=True)
            for name, gradient in zip(learned, found):
                if gradient is not None:
                    gradients[name] += gradient
                    square += float((gradient * gradient).sum())
        norms.append(math.sqrt(square))
        last = forward(p, user, "predict")
        queries.append(torch.cat([of[0] for of in last.queries]))
        representations.append(last.representations)
        pairs.append(logits(p, 1, last.queries[1][0], user.others[1]))

    chunk = [arrays_of(user, domains, augmented) for user in made]
    # The place without a user holds what another one left behind.
    chunk.append(chunk[0])

    def flat(x):
        return [y for part in x for y in flat(part)] if isinstance(x, list) else [x]

    inputs = {name: flat([one[name] for one in chunk]) for name in chunk[0]}
    inputs["present"] = [1] * len(made) + [0]
    inputs["negativePresent"] = rounded(present)
    given = {"own": own, "negatives": negatives, "ownRows": own_rows, "negativeRows": negative_rows}
    inputs |= {name: rounded(value) for name, value in given.items() if value is not None}
    if known:
        inputs |= {"requestTarget": rounded(request_target), "requestNegatives": rounded(request_negatives)}
    if profile_width:
        inputs["profile"] = rounded(profile)
    if request == "fixed":
        inputs["requestWeights"] = rounded(weights)
    inputs |= {f"dropout:{name}": rounded(mask) for name, mask in drops.items()}
    return {
        "settings": settings,
        "loss": loss,
        "request": request,
        "sizes": {
            "users": count,
            "domains": domains,
            "length": LENGTH,
            "domainLength": DOMAIN_LENGTH,
            "targets": TARGETS,
            "own": OWN,
            "negatives": NEGATIVES,
            "width": WIDTH,
            "publicWidth": public_width,
            "learnedRows": rows,
            "profileWidth": profile_width,
            "requestNumbers": known,
            "augmented": augmented,
        },
        "parameters": {name: rounded(value) for name, value in p.items()},
        "inputs": inputs,
        "expected": {
            "userLoss": user_loss,
            "terms": terms,
            "norms": norms,
            "gradients": {name: rounded(value) for name, value in gradients.items()},
            "queries": [rounded(q) for q in queries],
            "representations": [rounded(r) for r in representations],
            "pairs": [rounded(z) for z in pairs],
        },
    }


def write(name, cases):
    FIXTURES.mkdir(exist_ok=True)
    text = json.dumps({"torch": torch.__version__, "cases": cases})
    (FIXTURES / f"{name}.json").write_text(text + "\n")
