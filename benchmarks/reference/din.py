"""DIN (Zhou et al. 2018) in PyTorch: python benchmarks/reference/din.py"""

from shelf import *

WIDTH = 2
EPSILON = 1e-8


def dice(p, batch, name, x):
    """Equation 5, on the rows that count."""
    mean, variance = batch.state[f"{name}/mean"], batch.state[f"{name}/variance"]
    normed = F.batch_norm(x, mean, variance, training=batch.train, eps=EPSILON)
    share = torch.sigmoid(normed)
    return share * x + (1 - share) * p[f"{name}/alpha"] * x


def dice_tower(p, batch, name, x):
    i = 0
    while f"{name}/{i}/weight" in p:
        x = dice(p, batch, f"{name}/{i}/dice", linear(p, f"{name}/{i}", x))
        mask = batch.masks.get(f"{name}/{i}/dropout")
        if mask is not None and batch.train:
            x = x * mask
        i += 1
    return x


def interest(p, batch, name, target, past, present, softmax):
    """Scores the values that are there and no others, example by example."""
    rows, places = present.nonzero(as_tuple=True)
    t, h = target[rows], past[rows, places]
    unit = dice_tower(p, batch, f"attention/{name}", torch.cat([t, h, t - h, t * h], 1))
    scores = linear(p, f"attention/{name}/score", unit)[:, 0]
    out = []
    for b in range(len(target)):
        own = scores[rows == b]
        if softmax and len(own):
            own = own.softmax(0)
        out.append((own[:, None] * h[rows == b]).sum(0))
    return torch.stack(out)


def din(features, targets, softmax):
    def forward(p, e, batch):
        names = [f["name"] for f in features]
        v = dict(zip(names, field_vectors(e["deep"], features, batch).unbind(1)))
        at = dict(zip(names, e["deep"].split([f.get("length", 1) for f in features], 1)))
        for name, target in targets.items():
            v[name] = interest(p, batch, name, v[target], at[name], batch.index[name] > 0, softmax)
        x = side_by_side(torch.cat([v[name] for name in names], 1), batch.numeric)
        return linear(p, "head", dice_tower(p, batch, "tower", x))[:, 0]

    return forward


def one(features, targets, numeric=(), attention=(3,), hidden=(4, 3), softmax=False, rate=0, phase=0):
    shapes, state = {}, {}

    def add(name, inputs, sizes):
        for i, (a, b) in enumerate(zip([inputs, *sizes], sizes)):
            shapes.update(linear_shapes(f"{name}/{i}", a, b))
            shapes[f"{name}/{i}/dice/alpha"] = (b,)
            state.update(norm_state(f"{name}/{i}/dice", b))

    for name in targets:
        add(f"attention/{name}", 4 * WIDTH, attention)
        shapes.update(linear_shapes(f"attention/{name}/score", attention[-1], 1))
    add("tower", len(features) * WIDTH + len(numeric), hidden)
    shapes.update(linear_shapes("head", hidden[-1], 1))
    config = {"kind": "din", "width": WIDTH, "attention": list(attention), "hidden": list(hidden), "softmax": softmax}
    return case(
        config | {"dropout": rate},
        din(features, targets, softmax),
        shapes,
        {"deep": (sum(f.get("length", 1) for f in features), WIDTH)},
        features,
        numeric,
        state=state,
        masks={f"tower/{i}/dropout": (size, rate) for i, size in enumerate(hidden)} if rate else None,
        phase=phase,
    )


history = categorical("user", "item", history=(4, "item"))
write(
    "din",
    [
        one(history, {"history": "item"}, ["price", "age"]),
        one(history, {"history": "item"}, softmax=True, attention=(4, 3), phase=0.1),
        one(history, {"history": "item"}, ["price"], rate=0.5),
        # Two histories with targets of their own, and a bag of tags, which is pooled.
        one(
            categorical("shop", "item", tags=3, bought=(4, "item"), visited=(2, "shop")),
            {"bought": "item", "visited": "shop"},
            softmax=True,
            phase=0.4,
        ),
    ],
)
