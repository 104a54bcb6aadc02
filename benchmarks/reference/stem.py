"""STEM (Su et al. 2024) in PyTorch: python benchmarks/reference/stem.py"""

from tasks import *


def build(net):
    hidden, own, shared = (net.config[name] for name in ("expertHidden", "taskExperts", "sharedExperts"))
    tasks = range(net.tasks)
    for group, count in [*((f"task{t}", own) for t in tasks), ("shared", shared)]:
        for i in range(count):
            net.tower(f"{group}/{i}", net.size, hidden)
    for t in tasks:
        net.linear(f"gate{t}", net.size, net.tasks * own + shared)
    net.task_towers(hidden[-1])

    def vectors(values, batch):
        return field_vectors(values, net.features, batch)

    def forward(p, e, batch):
        common = net.x(e["shared"], batch)
        outs = [
            [tower(p, batch, f"task{t}/{i}", net.x(e[f"task{t}"], batch)) for i in range(own)] for t in tasks
        ]
        of_all = [tower(p, batch, f"shared/{i}", common) for i in range(shared)]
        read = []
        for t in tasks:
            both = vectors(e[f"task{t}"], batch) + vectors(e["shared"], batch)
            parts = [out if u == t else out.detach() for u in tasks for out in outs[u]]
            read.append(mixed(p, f"gate{t}", side_by_side(both, batch.numeric), parts + of_all))
        return task_logits(p, batch, read)

    return forward


config = {"width": 2, "taskExperts": 1, "sharedExperts": 1, "expertHidden": [4, 3], "towerHidden": [3]}
numeric = ["price", "age"]
two, three = ("shared", "task0", "task1"), ("shared", "task0", "task1", "task2")
trained = {**config, "batchNorm": True, "dropout": 0.5, "taskExperts": 2}
cases = [
    task_case("stem", build, config, embeddings=two),
    task_case("stem", build, trained, numeric=numeric, tasks=3, embeddings=three),
    task_case("stem", build, {**config, "sharedExperts": 2}, numeric=numeric, tasks=1, embeddings=two[:2]),
    task_case("stem", build, config, features=LONGER, embeddings=two),
]
write("stem", cases)
