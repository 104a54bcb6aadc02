"""AutoInt (Song et al. 2019) in PyTorch: python benchmarks/reference/autoint.py"""

from shelf import *

WIDTH, HEADS, HEAD = 3, 2, 2


def attend(p, name, e, heads):
    """Equations 5 to 8, head by head."""
    parts = []
    for h in range(heads):
        own = slice(h * HEAD, (h + 1) * HEAD)
        q, k, v = (e @ p[f"{name}/{part}/weight"][:, own] for part in ("queries", "keys", "values"))
        parts.append(torch.einsum("bmd,bkd->bmk", q, k).softmax(-1) @ v)
    return torch.relu(torch.cat(parts, -1) + e @ p[f"{name}/residual/weight"])


def autoint(layers, heads, features, hidden):
    def forward(p, e, batch):
        fields = None
        if "deep" in e:
            fields = field_vectors(e["deep"], features, batch)
        flat = side_by_side(fields, batch.numeric)
        if batch.numeric is not None:
            own = torch.einsum("bj,jk->bjk", batch.numeric, p["numeric/vectors"])
            fields = own if fields is None else torch.cat([fields, own], 1)
        for layer in range(layers):
            fields = attend(p, f"attention/{layer}", fields, heads)
        logit = linear(p, "head", fields.flatten(1))[:, 0]
        if hidden:
            logit = logit + linear(p, "towerHead", tower(p, batch, "tower", flat))[:, 0]
        return logit

    return forward


def shapes(layers, heads, fields, numeric, hidden, norm=False):
    out = {"numeric/vectors": (numeric, WIDTH)} if numeric else {}
    for layer in range(layers):
        for part in ("queries", "keys", "values", "residual"):
            inputs = heads * HEAD if layer else WIDTH
            out |= linear_shapes(f"attention/{layer}/{part}", inputs, heads * HEAD, bias=False)
    out |= linear_shapes("head", (fields + numeric) * heads * HEAD, 1)
    if hidden:
        out |= tower_shapes("tower", fields * WIDTH + numeric, hidden, norm)
        out |= linear_shapes("towerHead", hidden[-1], 1, bias=False)
    return out


def one(layers, heads, features, numeric=(), hidden=(), norm=False, rate=0, phase=0):
    config = {"kind": "autoint", "width": WIDTH, "layers": layers, "heads": heads, "headWidth": HEAD}
    if hidden:
        config |= {"hidden": hidden, "batchNorm": norm, "dropout": rate}
    state = {}
    for i, size in enumerate(hidden if norm else ()):
        state |= norm_state(f"tower/{i}/norm", size)
    masks = {f"tower/{i}/dropout": (size, rate) for i, size in enumerate(hidden)} if rate else None
    values = sum(f.get("length", 1) for f in features)
    return case(
        config,
        autoint(layers, heads, features, hidden),
        shapes(layers, heads, len(features), len(numeric), hidden, norm),
        {"deep": (values, WIDTH)} if features else {},
        features,
        numeric,
        state=state,
        masks=masks,
        phase=phase,
    )


plain, numeric = categorical("user", "hour", "item"), ["price", "age"]
write(
    "autoint",
    [
        one(2, 2, plain, numeric, phase=0.5),
        one(1, 1, plain),
        one(1, 2, [], numeric),
        one(1, 2, categorical("user", "item", history=(3, "item")), numeric[:1], [4, 3]),
        one(2, 1, plain, numeric, [4, 3], norm=True, rate=0.5),
    ],
)
