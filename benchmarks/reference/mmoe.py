"""MMoE (Ma et al. 2018) in PyTorch: python benchmarks/reference/mmoe.py"""

from tasks import *


def build(net):
    hidden, count = net.config["expertHidden"], net.config["experts"]
    for i in range(count):
        net.tower(f"experts/{i}", net.size, hidden)
    for t in range(net.tasks):
        net.linear(f"gate{t}", net.size, count)
    net.task_towers(hidden[-1])

    def forward(p, e, batch):
        x = net.x(e["deep"], batch)
        outs = [tower(p, batch, f"experts/{i}", x) for i in range(count)]
        return task_logits(p, batch, [mixed(p, f"gate{t}", x, outs) for t in range(net.tasks)])

    return forward


config = {"width": 2, "experts": 3, "expertHidden": [4, 3], "towerHidden": [3]}
write("mmoe", usual_cases("mmoe", build, config, phases=(0.9, 0.1, 5.3, 3.5)))
