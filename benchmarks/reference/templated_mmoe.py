"""MMoE with composed experts in PyTorch: python benchmarks/reference/templated_mmoe.py

Everything is computed once for each task, from weights composed anew, with the norm as PyTorch has it.
"""

from tasks import *


def composed(p, name, what, factors, operator):
    parts = [p[f"{name}/{factor}{what}"] for factor in factors]
    if what == "weight" and operator == "product":
        return math.prod(parts[1:], start=parts[0])
    return sum(parts[1:], start=parts[0])


def build(net):
    config = net.config
    hidden, count = config["expertHidden"], config["experts"]
    operator, task_factor = config["template"]["operator"], config["template"]["taskFactor"]
    full, row = task_factor == "full", task_factor == "row"
    own = [f"task{t}/" for t in range(net.tasks)]

    for e in range(count):
        for i, (a, b) in enumerate(zip([net.size, *hidden], hidden)):
            name = f"experts/{e}/{i}"
            for factor in ["", "scenario/", *(own if full else [])]:
                net.linear(f"{name}/{factor}".rstrip("/"), a, b, bias=not net.norm)
            for at in (own if full else [""]) if net.norm else []:
                net.shapes |= {f"{name}/{at}norm/scale": (b,), f"{name}/{at}norm/shift": (b,)}
                net.state |= norm_state(f"{name}/{at}norm", b)
            if net.rate:
                net.masks[f"{name}/dropout"] = (b, net.rate)
            if row and i == len(hidden) - 1:
                for at in own:
                    net.shapes |= {f"{name}/{at}scale": (b,), f"{name}/{at}shift": (b,)}
    for t in range(net.tasks):
        net.linear(f"gate{t}", net.size, count)
    net.task_towers(hidden[-1])

    def expert(p, batch, x, e, t, running):
        factors = ["", "scenario/", *([own[t]] if full else [])]
        for i in range(len(hidden)):
            name = f"experts/{e}/{i}"
            x = x @ composed(p, name, "weight", factors, operator)
            if net.norm:
                norm = f"{name}/{own[t] if full else ''}norm"
                at = SimpleNamespace(train=batch.train, state=running)
                x = batch_norm(p, at, norm, x)
            else:
                x = x + composed(p, name, "bias", factors, operator)
            if row and i == len(hidden) - 1:
                scale = p[f"{name}/{own[t]}scale"]
                x = x * (scale if operator == "product" else 1 + scale) + p[f"{name}/{own[t]}shift"]
            x = torch.relu(x)
            if net.rate and batch.train:
                x = x * batch.masks[f"{name}/dropout"]
        return x

    def forward(p, e, batch):
        x = net.x(e["deep"], batch)
        mixtures = []
        for t in range(net.tasks):
            # Running statistics move once in a step, though they are met once for each task.
            running = batch.state if full or t == 0 else {k: v.clone() for k, v in batch.state.items()}
            outs = [expert(p, batch, x, e_, t, running) for e_ in range(count)]
            mixtures.append(mixed(p, f"gate{t}", x, outs))
        return task_logits(p, batch, mixtures)

    return forward


def one(operator, task_factor, phase, tasks=2, numeric=(), **more):
    config = {"width": 2, "experts": 2, "expertHidden": [4, 3], "towerHidden": [3], **more}
    config["template"] = {"operator": operator, "taskFactor": task_factor}
    return task_case("templated-mmoe", build, config, numeric=numeric, tasks=tasks, phase=phase)


trained = {"batchNorm": True, "dropout": 0.5, "numeric": ["price", "age"]}
write(
    "templated-mmoe",
    [
        one("product", "row", 0),
        one("product", "row", 0, **trained),
        one("product", "full", 0),
        one("product", "full", 11.1, **trained),
        one("sum", "row", 0, tasks=3, **trained),
        one("sum", "full", 6.9, dropout=0.5, numeric=["price"]),
        one("sum", "off", 0, **trained),
    ],
)
