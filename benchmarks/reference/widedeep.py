"""Reference values of wide and deep (Cheng et al. 2016, equation 3).

    python benchmarks/reference/widedeep.py
"""

from shelf import *


def example(settings, features, numeric, hidden=(5, 4), width=2):
    values = sum(f.get("length", 1) for f in features)
    rate = settings.get("dropout", 0)

    def wide_and_deep(p, e, batch):
        wide = p["wide/bias"]
        if features:
            wide = wide + field_vectors(e["wide"], features, batch).sum((1, 2))
        if numeric:
            wide = wide + (batch.numeric @ p["wide/weight"])[:, 0]
        v = field_vectors(e["deep"], features, batch) if features else None
        deep = tower(p, batch, "tower", side_by_side(v, batch.numeric))
        return wide + linear(p, "head", deep)[:, 0]

    norm = settings.get("batchNorm", False)
    layers = range(len(hidden))
    return case(
        {"kind": "widedeep", "width": width, "hidden": list(hidden), **settings},
        wide_and_deep,
        {
            **first_order_shapes(features, len(numeric)),
            **tower_shapes("tower", len(features) * width + len(numeric), hidden, norm),
            **linear_shapes("head", hidden[-1], 1, bias=False),
        },
        {"wide": (values, 1), "deep": (values, width)} if features else {},
        features,
        numeric,
        state={k: v for i in layers for k, v in norm_state(f"tower/{i}/norm", hidden[i]).items()} if norm else None,
        masks={f"tower/{i}/dropout": (hidden[i], rate) for i in layers} if rate else None,
    )


three = categorical("user", "hour", "item")
write(
    "widedeep",
    [
        example({}, three, ["price", "age"]),
        example({}, three, []),
        example({"batchNorm": True}, three, ["price"]),
        example({"dropout": 0.25}, three, ["price"]),
        example({}, categorical("user", "item", tags=3), []),
        example({}, [], ["price", "age"]),
    ],
)
