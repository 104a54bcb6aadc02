"""Shared-Bottom (Caruana 1997) in PyTorch: python benchmarks/reference/shared_bottom.py"""

from tasks import *


def build(net):
    hidden = net.config["bottomHidden"]
    net.tower("bottom", net.size, hidden)
    net.task_towers(hidden[-1])

    def forward(p, e, batch):
        shared = tower(p, batch, "bottom", net.x(e["deep"], batch))
        return task_logits(p, batch, [shared] * net.tasks)

    return forward


config = {"width": 2, "bottomHidden": [5, 4], "towerHidden": [3]}
write("shared-bottom", usual_cases("shared-bottom", build, config, phases=(4.8, 3.2, 4.6, 5.3)))
