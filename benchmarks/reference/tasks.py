"""What the reference scripts of models of several tasks have in common: a recorder of what a net declares."""

from shelf import *


class Net:
    """Shapes, running statistics and masks of a model, as its layers are named one after the other."""

    def __init__(self, config, features, numeric, tasks):
        self.config, self.features, self.tasks = config, features, tasks
        self.norm, self.rate = config.get("batchNorm", False), config.get("dropout", 0)
        self.size = len(features) * config["width"] + len(numeric)
        self.shapes, self.state, self.masks = {}, {}, {}

    def tower(self, name, inputs, hidden, norm=None):
        norm = self.norm if norm is None else norm
        self.shapes |= tower_shapes(name, inputs, hidden, norm)
        for i, size in enumerate(hidden):
            if norm:
                self.state |= norm_state(f"{name}/{i}/norm", size)
            if self.rate:
                self.masks[f"{name}/{i}/dropout"] = (size, self.rate)

    def linear(self, name, inputs, outputs, bias=True):
        self.shapes |= linear_shapes(name, inputs, outputs, bias)

    def task_towers(self, inputs):
        hidden = self.config["towerHidden"]
        for t in range(self.tasks):
            self.tower(f"tower{t}", inputs, hidden)
            self.linear(f"head{t}", hidden[-1] if hidden else inputs, 1)

    def x(self, values, batch, features=None):
        """What deep parts read, of the values of an embedding."""
        features = self.features if features is None else features
        vectors = None if values is None else field_vectors(values, features, batch)
        return side_by_side(vectors, batch.numeric)


def task_logits(p, batch, xs):
    """A tower and a linear layer on what each task reads; [rows, tasks]."""
    return torch.cat([linear(p, f"head{t}", tower(p, batch, f"tower{t}", x)) for t, x in enumerate(xs)], 1)


def mixed(p, name, selector, parts):
    """sum_e softmax(gate(selector))_e part_e, the parts as a list."""
    shares = torch.softmax(linear(p, name, selector), 1)
    return torch.einsum("be,ebo->bo", shares, torch.stack(parts))


NAMES = ["click", "cart", "buy"]
PLAIN = categorical("user", "item")
LONGER = categorical("user", "item", history=(4, "item"))


def task_case(
    kind, build, config, features=PLAIN, numeric=(), tasks=2, embeddings=("deep",), parts=None, **options
):
    """`build(net)` declares the layers and gives forward(p, e, batch); `parts`: the features of each embedding."""
    net = Net(config, features, numeric, tasks)
    forward = build(net)
    sizes = {}
    for name in embeddings:
        own = features if parts is None else parts[name]
        length = sum(f.get("length", 1) for f in own)
        sizes[name] = (length, config["width"], [f["name"] for f in own])
    return case(
        {"kind": kind, **config},
        forward,
        net.shapes,
        sizes,
        features,
        list(numeric),
        tasks=NAMES[:tasks] if tasks > 1 else None,
        state=net.state,
        masks=net.masks,
        **options,
    )


def usual_cases(kind, build, config, phases=(0, 0, 0, 0), last=None):
    """Two tasks; with numeric features, normalisation and dropout; one alone; three, with a longer feature (`last`)."""
    numeric = ["price", "age"]
    trained = {**config, "batchNorm": True, "dropout": 0.5}
    return [
        task_case(kind, build, config, phase=phases[0]),
        task_case(kind, build, trained, numeric=numeric, phase=phases[1]),
        task_case(kind, build, {**config, "towerHidden": []}, numeric=numeric, tasks=1, phase=phases[2]),
        task_case(kind, build, last or config, features=LONGER, tasks=3, phase=phases[3]),
    ]
