"""PEPNet (Chang et al. 2023, section 3) in PyTorch: python benchmarks/reference/pepnet.py"""

from tasks import *

FEATURES = categorical("hour", "user", "scenario", "item")


def gate(p, name, *parts):
    hidden = torch.relu(linear(p, f"{name}/0", torch.cat(parts, 1)))
    return 2 * torch.sigmoid(linear(p, f"{name}/1", hidden))


def build(net):
    config = net.config
    width, hidden, between = config["width"], config["hidden"], config["gateHidden"]
    names = [f["name"] for f in net.features]
    prior = config.get("prior", [name for name in ("user", "item") if name in names])

    def declare(name, inputs, outputs):
        net.linear(f"{name}/0", inputs, between)
        net.linear(f"{name}/1", between, outputs)

    declare("embedding", width + net.size, net.size)
    for t in range(net.tasks):
        for i, (inputs, outputs) in enumerate(zip([net.size, *hidden], hidden)):
            net.tower(f"tower{t}/{i}", inputs, [outputs])
            declare(f"tower{t}/{i}/gate", net.size + len(prior) * width, outputs)
    for t in range(net.tasks):
        net.linear(f"head{t}", hidden[-1], 1)

    def forward(p, e, batch):
        vectors = dict(zip(names, field_vectors(e["deep"], net.features, batch).unbind(1)))
        x = net.x(e["deep"], batch)
        entered = x * gate(p, "embedding", vectors["scenario"], x.detach())
        logits = []
        for t in range(net.tasks):
            h = entered
            for i in range(len(hidden)):
                factors = gate(p, f"tower{t}/{i}/gate", entered.detach(), *(vectors[name] for name in prior))
                h = tower(p, batch, f"tower{t}/{i}", h) * factors
            logits.append(linear(p, f"head{t}", h))
        return torch.cat(logits, 1)

    return forward


config = {"width": 2, "hidden": [4, 3], "gateHidden": 3}
trained = {**config, "batchNorm": True, "dropout": 0.5}
numeric = ["price", "age"]
longer = [*FEATURES, *categorical(history=(4, "item"))]
cases = [
    task_case("pepnet", build, config, FEATURES),
    task_case("pepnet", build, trained, FEATURES, numeric=numeric, tasks=3),
    task_case("pepnet", build, {**config, "prior": ["hour"]}, FEATURES, numeric=numeric, tasks=1),
    task_case("pepnet", build, config, categorical("hour", "scenario"), tasks=1),
    task_case("pepnet", build, {**config, "prior": ["history", "user"]}, longer),
]
write("pepnet", cases)
