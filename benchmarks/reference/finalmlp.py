"""FinalMLP (Mao et al. 2023) in PyTorch: python benchmarks/reference/finalmlp.py"""

from shelf import *

WIDTH = 2


def gate(p, batch, name, e, features, context):
    if context:
        c = field_vectors(e[name], [f for n in context for f in features if f["name"] == n], batch).flatten(1)
    else:
        c = p[f"{name}/context"]
    return 2 * torch.sigmoid(linear(p, f"{name}/out", tower(p, batch, f"{name}/tower", c)))


def finalmlp(features, heads, gates):
    def forward(p, e, batch):
        x = side_by_side(field_vectors(e["deep"], features, batch) if features else None, batch.numeric)
        ends = []
        for stream in ("first", "second"):
            gated = x * gate(p, batch, f"{stream}Gate", e, features, gates[stream]) if gates else x
            ends.append(tower(p, batch, stream, gated))
        s, t = ends
        logit = linear(p, "head", torch.cat(ends, 1))[:, 0]
        for w, own, other in zip(p["fusion/weight"], s.chunk(heads, 1), t.chunk(heads, 1)):
            logit = logit + ((own @ w) * other).sum(1)
        return logit

    return forward


def one(features, numeric=(), heads=1, first=(5, 4), second=(2,), gates=None, norm=False, phase=0):
    size = len(features) * WIDTH + len(numeric)
    shapes, state, by_name = {}, {}, {f["name"]: f for f in features}
    embeddings = {"deep": (sum(f.get("length", 1) for f in features), WIDTH)} if features else {}
    for stream, hidden in (("first", first), ("second", second)):
        if gates:
            context, name = gates[stream], f"{stream}Gate"
            if context:
                values = sum(by_name[n].get("length", 1) for n in context)
                embeddings[name] = (values, WIDTH, context)
            else:
                shapes[f"{name}/context"] = (1, WIDTH)
            shapes |= tower_shapes(f"{name}/tower", max(1, len(context)) * WIDTH, gates["hidden"])
            shapes |= linear_shapes(f"{name}/out", gates["hidden"][-1], size)
        shapes |= tower_shapes(stream, size, hidden, norm)
        for i, width in enumerate(hidden if norm else ()):
            state |= norm_state(f"{stream}/{i}/norm", width)
    shapes |= linear_shapes("head", first[-1] + second[-1], 1)
    shapes["fusion/weight"] = (heads, first[-1] // heads, second[-1] // heads)
    config = {"kind": "finalmlp", "width": WIDTH, "heads": heads, "first": list(first), "second": list(second)}
    config |= {"batchNorm": norm, **({"gates": gates} if gates else {})}
    model = finalmlp(features, heads, gates)
    return case(config, model, shapes, embeddings, features, numeric, state=state, phase=phase)


plain, numeric = categorical("user", "hour", "item"), ["price", "age"]
longer = categorical("user", "item", history=(3, "item"))
write(
    "finalmlp",
    [
        one(plain, numeric, phase=0.3),
        one(plain, heads=2, phase=1.5),
        one([], numeric, heads=2, first=(4,), second=(3, 6)),
        one(plain, numeric, gates={"first": ["item", "user"], "second": [], "hidden": [3]}, phase=4.7),
        one(longer, numeric[:1], heads=2, gates={"first": [], "second": ["history"], "hidden": [4, 3]}, phase=5.2),
        one(plain, numeric, norm=True),
    ],
)
