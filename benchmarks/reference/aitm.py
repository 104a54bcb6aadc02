"""AITM (Xi et al. 2021, equations 3 to 9) in PyTorch: python benchmarks/reference/aitm.py"""

from tasks import *


def transferred(p, name, before, own):
    both = torch.stack([before, own], 1)  # [rows, 2, size]
    keys, queries, values = (both @ p[f"{name}/{part}/weight"] for part in ("keys", "queries", "values"))
    scores = (keys * queries).sum(2) / math.sqrt(own.shape[1])
    return (torch.softmax(scores, 1)[:, :, None] * values).sum(1)


def build(net):
    hidden = net.config["bottomHidden"]
    for t in range(net.tasks):
        net.tower(f"bottom{t}", net.size, hidden)
    for t in range(1, net.tasks):
        net.tower(f"info{t}", hidden[-1], [hidden[-1]], norm=False)
    for t in range(1, net.tasks):
        for part in ("keys", "queries", "values"):
            net.linear(f"transfer{t}/{part}", hidden[-1], hidden[-1], bias=False)
    net.task_towers(hidden[-1])

    def forward(p, e, batch):
        x = net.x(e["deep"], batch)
        steps = []
        for t in range(net.tasks):
            own = tower(p, batch, f"bottom{t}", x)
            if steps:
                own = transferred(p, f"transfer{t}", tower(p, batch, f"info{t}", steps[-1]), own)
            steps.append(own)
        logits = task_logits(p, batch, steps)
        share = torch.sigmoid(logits)
        excess = (share[:, 1:] - share[:, :-1]).clamp(min=0).sum(1)
        mean = (excess * batch.weight).sum() / batch.weight.sum()
        return logits, net.config["calibrator"] * mean

    return forward


config = {"width": 2, "bottomHidden": [5, 4], "towerHidden": [3], "calibrator": 0.6}
cases = usual_cases("aitm", build, config, phases=(0.7, 2.1, 4.6, 2.5))
write("aitm", [*cases, task_case("aitm", build, {**config, "calibrator": 0}, phase=0.5)])
