"""FiBiNET (Huang et al. 2019) in PyTorch: python benchmarks/reference/fibinet.py"""

from itertools import combinations

from shelf import *

WIDTH = 2


def bilinear(p, name, kind, v):
    """Equations 8 to 10, pair by pair."""
    out = []
    for f, g in combinations(range(len(v)), 2):
        if kind == "all":
            w = p[f"{name}/weight"]
        elif kind == "each":
            w = p[f"{name}/{f}/weight"]
        else:
            at = (g - f - 1) * WIDTH
            w = p[f"{name}/{f}/weight"][:, at : at + WIDTH]
        out.append((v[f] @ w) * v[g])
    return torch.cat(out, 1)


def fibinet(kind, features):
    def forward(p, e, batch):
        v = field_vectors(e["deep"], features, batch).unbind(1)
        squeezed = torch.stack([x.mean(1) for x in v], 1)
        importance = torch.relu(linear(p, "senet/excite", torch.relu(linear(p, "senet/squeeze", squeezed))))
        u = [x * importance[:, f : f + 1] for f, x in enumerate(v)]
        both = torch.cat([bilinear(p, "raw", kind, v), bilinear(p, "weighted", kind, u)], 1)
        deep = tower(p, batch, "tower", side_by_side(both, batch.numeric))
        wide = field_vectors(e["wide"], features, batch).sum((1, 2)) + p["wide/bias"]
        if batch.numeric is not None:
            wide = wide + (batch.numeric @ p["wide/weight"])[:, 0]
        return wide + linear(p, "head", deep)[:, 0]

    return forward


def shapes(kind, fields, numeric, squeezed, hidden, norm):
    pairs = fields * (fields - 1) // 2
    out = first_order_shapes(fields, numeric)
    out |= linear_shapes("senet/squeeze", fields, squeezed, bias=False)
    out |= linear_shapes("senet/excite", squeezed, fields, bias=False)
    for name in ("raw", "weighted"):
        if kind == "all":
            out |= linear_shapes(name, WIDTH, WIDTH, bias=False)
            continue
        for f in range(fields - 1):
            matrices = 1 if kind == "each" else fields - 1 - f
            out |= linear_shapes(f"{name}/{f}", WIDTH, matrices * WIDTH, bias=False)
    out |= tower_shapes("tower", 2 * pairs * WIDTH + numeric, hidden, norm)
    return out | linear_shapes("head", hidden[-1], 1, bias=False)


def one(kind, features, numeric=(), reduction=1.5, hidden=(4, 3), norm=False, phase=0):
    values = sum(f.get("length", 1) for f in features)
    state = {}
    for i, size in enumerate(hidden if norm else ()):
        state |= norm_state(f"tower/{i}/norm", size)
    config = {"kind": "fibinet", "width": WIDTH, "bilinear": kind, "reduction": reduction}
    return case(
        config | {"hidden": list(hidden), "batchNorm": norm},
        fibinet(kind, features),
        shapes(kind, len(features), len(numeric), max(1, int(len(features) / reduction)), hidden, norm),
        {"wide": (values, 1), "deep": (values, WIDTH)},
        features,
        numeric,
        state=state,
        phase=phase,
    )


plain, numeric = categorical("user", "hour", "item"), ["price", "age"]
write(
    "fibinet",
    [
        one("all", plain, numeric, phase=3.8),
        one("each", plain, phase=1.7),
        one("interaction", plain, numeric, reduction=3, hidden=(5, 4), phase=0),
        one("interaction", categorical("user", "hour", "item", history=(3, "item")), numeric[:1], phase=6.3),
        one("all", categorical("user", "item"), numeric, norm=True, phase=0.2),
    ],
)
