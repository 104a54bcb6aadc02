"""MaskNet (Wang, She and Zhang 2021) in PyTorch: python benchmarks/reference/masknet.py"""

from shelf import *

WIDTH = 3


def block(p, name, x, h):
    mask = linear(p, f"{name}/project", F.relu(linear(p, f"{name}/aggregate", x)))
    return F.relu(layer_norm(p, f"{name}/norm", linear(p, f"{name}/hidden", mask * h)))


def masknet(structure, blocks, features):
    def forward(p, e, batch):
        v = field_vectors(e["deep"], features, batch).unbind(1) if features else []
        tail = [] if batch.numeric is None else [batch.numeric]
        x = torch.cat([*v, *tail], 1)
        normed = [
            F.layer_norm(vector, (WIDTH,), p["norm/scale"][f], p["norm/shift"][f]) for f, vector in enumerate(v)
        ]
        first = torch.cat([*normed, *tail], 1)
        if structure == "serial":
            y = first
            for i in range(len(blocks)):
                y = block(p, f"block/{i}", x, y)
        else:
            y = torch.cat([block(p, f"block/{i}", x, first) for i in range(len(blocks))], 1)
        return linear(p, "head", tower(p, batch, "tower", y))[:, 0]

    return forward


def one(structure, features, numeric=(), blocks=(4, 3), hidden=(), aggregation=2, norm=False, phase=0):
    size = len(features) * WIDTH + len(numeric)
    shapes = {"norm/scale": (len(features), WIDTH), "norm/shift": (len(features), WIDTH)} if features else {}
    for i, outputs in enumerate(blocks):
        inputs = blocks[i - 1] if structure == "serial" and i else size
        inner = round(aggregation * inputs)
        shapes |= linear_shapes(f"block/{i}/aggregate", size, inner)
        shapes |= linear_shapes(f"block/{i}/project", inner, inputs)
        shapes |= linear_shapes(f"block/{i}/hidden", inputs, outputs, bias=False)
        shapes |= {f"block/{i}/norm/scale": (outputs,), f"block/{i}/norm/shift": (outputs,)}
    top = blocks[-1] if structure == "serial" else sum(blocks)
    shapes |= tower_shapes("tower", top, hidden, norm) | linear_shapes("head", hidden[-1] if hidden else top, 1)
    state = {}
    for i, width in enumerate(hidden if norm else ()):
        state |= norm_state(f"tower/{i}/norm", width)
    config = {"kind": "masknet", "width": WIDTH, "structure": structure, "blocks": list(blocks)}
    return case(
        config | {"aggregation": aggregation, "hidden": list(hidden), "batchNorm": norm},
        masknet(structure, blocks, features),
        shapes,
        {"deep": (sum(f.get("length", 1) for f in features), WIDTH)} if features else {},
        features,
        numeric,
        state=state,
        phase=phase,
    )


plain, numeric = categorical("user", "hour", "item"), ["price", "age"]
longer = categorical("user", "item", history=(3, "item"))
write(
    "masknet",
    [
        one("serial", plain, numeric, phase=0.3),
        one("parallel", plain, numeric, hidden=[4, 3], aggregation=0.5),
        one("parallel", plain, blocks=(5,)),
        one("serial", [], ["price", "age", "size"], blocks=(5, 4), hidden=[3], phase=1),
        one("parallel", longer, numeric[:1], hidden=[4], norm=True, phase=0.2),
    ],
)
