"""Reference values of xDeepFM (Lian et al. 2018).

    python benchmarks/reference/xdeepfm.py
"""

from shelf import *


def cin(p, v, maps, split_half):
    """The compressed interaction network, map by map."""
    x, fields, pooled_maps = v, v.shape[1], []
    for k, count in enumerate(maps):
        weight = p[f"cin/{k}/weight"].reshape(x.shape[1], fields, count)
        new = [
            sum(weight[i, j, h] * x[:, i] * v[:, j] for i in range(x.shape[1]) for j in range(fields))
            for h in range(count)
        ]
        split = (count + 1) // 2 if split_half and k < len(maps) - 1 else None
        to_next, to_output = (new, new) if split is None else (new[:split], new[split:])
        pooled_maps += [h.sum(1) for h in to_output]
        x = torch.stack(to_next, 1)
    return torch.stack(pooled_maps, 1)


def cin_shapes(fields, maps, split_half):
    shapes, before, pooled_maps = {}, fields, 0
    for k, count in enumerate(maps):
        shapes[f"cin/{k}/weight"] = (before * fields, count)
        before = (count + 1) // 2 if split_half else count
        pooled_maps += count if k == len(maps) - 1 or not split_half else count - before
    return {**shapes, "cin/head/weight": (pooled_maps, 1)}


def example(maps, split_half, features, numeric, settings={}, hidden=(5, 4), width=2):
    values = sum(f.get("length", 1) for f in features)
    norm = settings.get("batchNorm", False)

    def xdeepfm(p, e, batch):
        logit = p["wide/bias"]
        if numeric:
            logit = logit + (batch.numeric @ p["wide/weight"])[:, 0]
        v = None
        if features:
            logit = logit + field_vectors(e["wide"], features, batch).sum((1, 2))
            v = field_vectors(e["factors"], features, batch)
            logit = logit + linear(p, "cin/head", cin(p, v, maps, split_half))[:, 0]
        deep = tower(p, batch, "tower", side_by_side(v, batch.numeric))
        return logit + linear(p, "head", deep)[:, 0]

    size = len(features) * width + len(numeric)
    return case(
        {"kind": "xdeepfm", "width": width, "cin": maps, "splitHalf": split_half, "hidden": list(hidden), **settings},
        xdeepfm,
        {
            **first_order_shapes(features, len(numeric)),
            **(cin_shapes(len(features), maps, split_half) if features else {}),
            **tower_shapes("tower", size, hidden, norm),
            **linear_shapes("head", hidden[-1], 1, bias=False),
        },
        {"wide": (values, 1), "factors": (values, width)} if features else {},
        features,
        numeric,
        state={k: v for i, n in enumerate(hidden) for k, v in norm_state(f"tower/{i}/norm", n).items()}
        if norm
        else None,
    )


three = categorical("user", "hour", "item")
write(
    "xdeepfm",
    [
        example([4, 3], True, three, ["price", "age"]),
        example([5, 4, 3], True, three, []),
        example([3, 2, 2], False, three, ["price"]),
        example([3], True, three, [], width=3),
        example([3, 2], False, three, ["price"], {"batchNorm": True}),
        example([4, 2], True, categorical("user", "item", tags=3), []),
        example([4, 2], True, [], ["price", "age"]),
    ],
)
