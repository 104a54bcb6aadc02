"""PLE (Tang et al. 2020, equations 1 to 6) in PyTorch: python benchmarks/reference/ple.py"""

from tasks import *


def build(net):
    own, shared = net.config["taskExperts"], net.config["sharedExperts"]
    hidden, levels, tasks = net.config["expertHidden"], net.config["levels"], range(net.tasks)
    for l in range(levels):
        inputs = hidden[-1] if l else net.size
        for group, count in [*((f"task{t}", own) for t in tasks), ("shared", shared)]:
            for i in range(count):
                net.tower(f"level{l}/{group}/{i}", inputs, hidden)
        for t in tasks:
            net.linear(f"level{l}/gate{t}", inputs, own + shared)
        if l < levels - 1:
            net.linear(f"level{l}/gate", inputs, net.tasks * own + shared)
    net.task_towers(hidden[-1])

    def forward(p, e, batch):
        x = net.x(e["deep"], batch)
        inputs = {**{t: x for t in tasks}, "shared": x}
        for l in range(levels):
            outs = {
                t: [tower(p, batch, f"level{l}/task{t}/{i}", inputs[t]) for i in range(own)] for t in tasks
            }
            common = [tower(p, batch, f"level{l}/shared/{i}", inputs["shared"]) for i in range(shared)]
            after = {t: mixed(p, f"level{l}/gate{t}", inputs[t], outs[t] + common) for t in tasks}
            if l < levels - 1:
                everything = [out for t in tasks for out in outs[t]] + common
                after["shared"] = mixed(p, f"level{l}/gate", inputs["shared"], everything)
            inputs = after
        return task_logits(p, batch, [inputs[t] for t in tasks])

    return forward


config = {
    "width": 2,
    "taskExperts": 1,
    "sharedExperts": 2,
    "levels": 2,
    "expertHidden": [5, 4],
    "towerHidden": [3],
}
more = {**config, "taskExperts": 2, "levels": 1}
write("ple", usual_cases("ple", build, config, phases=(0.1, 11.5, 0.2, 3.4), last=more))
