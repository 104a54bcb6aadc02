"""Reference values of the deep and cross network with vectors (Wang et al. 2017, equation 3).

    python benchmarks/reference/dcn.py
"""

from shelf import *


def cross(p, x0, layers):
    """x0 x_l' w_l + b_l + x_l, with the outer product written out as in the paper."""
    x = x0
    for l in range(layers):
        outer = torch.einsum("bi,bj->bij", x0, x)
        x = (outer @ p[f"cross/{l}/weight"])[:, :, 0] + p[f"cross/{l}/bias"] + x
    return x


def example(layers, features, numeric, settings={}, hidden=(4, 3), width=2):
    values = sum(f.get("length", 1) for f in features)
    size = len(features) * width + len(numeric)
    norm = settings.get("batchNorm", False)

    def dcn(p, e, batch):
        v = field_vectors(e["deep"], features, batch) if features else None
        x0 = side_by_side(v, batch.numeric)
        both = torch.cat([cross(p, x0, layers), tower(p, batch, "tower", x0)], 1)
        return linear(p, "head", both)[:, 0]

    crosses = {}
    for l in range(layers):
        crosses |= {f"cross/{l}/weight": (size, 1), f"cross/{l}/bias": (size,)}
    return case(
        {"kind": "dcn", "width": width, "crossLayers": layers, "hidden": list(hidden), **settings},
        dcn,
        {**crosses, **tower_shapes("tower", size, hidden, norm), **linear_shapes("head", size + hidden[-1], 1)},
        {"deep": (values, width)} if features else {},
        features,
        numeric,
        state={k: v for i, n in enumerate(hidden) for k, v in norm_state(f"tower/{i}/norm", n).items()}
        if norm
        else None,
    )


three = categorical("user", "hour", "item")
write(
    "dcn",
    [
        example(3, three, ["price", "age"]),
        example(1, three, []),
        example(2, three, ["price"], {"batchNorm": True}),
        example(2, categorical("user", "item", tags=3), []),
        example(2, [], ["price", "age"]),
    ],
)
