"""ESMM (Ma et al. 2018, figure 2) in PyTorch: python benchmarks/reference/esmm.py"""

from tasks import *


def build(net):
    net.task_towers(net.size)

    def forward(p, e, batch):
        x = net.x(e["deep"], batch)
        a, b = task_logits(p, batch, [x, x]).double().T
        both = torch.sigmoid(a) * torch.sigmoid(b)
        return torch.stack([a, torch.log(both / (1 - both))], 1).float()

    return forward


config = {"width": 2, "towerHidden": [4, 3]}
trained = {**config, "batchNorm": True, "dropout": 0.5}
cases = [
    task_case("esmm", build, config),
    task_case("esmm", build, trained, numeric=["price", "age"]),
    task_case("esmm", build, {**config, "towerHidden": []}, numeric=["price"]),
    task_case("esmm", build, config, features=LONGER),
]
write("esmm", cases)
