"""Reference values of product-based networks (Qu et al. 2016).

    python benchmarks/reference/pnn.py
"""

from shelf import *


def example(product, features, numeric, settings={}, hidden=(5, 4), width=2):
    values, count = sum(f.get("length", 1) for f in features), len(features)
    norm = settings.get("batchNorm", False)
    pairs = [(f, g) for f in range(count) for g in range(f + 1, count)]
    with_inner, with_outer = product != "outer" and pairs, product != "inner" and features

    def pnn(p, e, batch):
        v = field_vectors(e["deep"], features, batch) if features else None
        signals = [side_by_side(v, batch.numeric)]
        if with_inner:
            signals += [(v[:, f] * v[:, g]).sum(1, keepdim=True) for f, g in pairs]
        if with_outer:
            total = 0
            for f in range(count):
                for g in range(count):
                    total = total + torch.einsum("bi,bj->bij", v[:, f], v[:, g])
            signals.append(total.flatten(1))
        return linear(p, "head", tower(p, batch, "tower", torch.cat(signals, 1)))[:, 0]

    inputs = count * width + len(numeric) + (len(pairs) if with_inner else 0) + (width**2 if with_outer else 0)
    return case(
        {"kind": "pnn", "width": width, "product": product, "hidden": list(hidden), **settings},
        pnn,
        {**tower_shapes("tower", inputs, hidden, norm), **linear_shapes("head", hidden[-1], 1)},
        {"deep": (values, width)} if features else {},
        features,
        numeric,
        state={k: v for i, size in enumerate(hidden) for k, v in norm_state(f"tower/{i}/norm", size).items()}
        if norm
        else None,
    )


three = categorical("user", "hour", "item")
write(
    "pnn",
    [
        example("inner", three, ["price", "age"]),
        example("inner", categorical("user", "hour", "item", "city"), [], width=3),
        example("outer", three, ["price", "age"]),
        example("both", three, []),
        example("both", three, ["price"], {"batchNorm": True}),
        example("both", categorical("user", "item", tags=3), []),
        example("both", categorical("user"), ["price"]),
        example("both", [], ["price", "age"]),
    ],
)
