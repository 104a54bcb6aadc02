"""Times PyTorch for benchmarks/bench.ts: one JSON request a line, one answer a line.

    {"op": "prepare", "workload": NAME, "threads": N}   ->   {}
    {"op": "time", "steps": K}                          ->   {"seconds": S}
"""

import json
import sys
import time

import torch

from workloads import WORKLOADS


def answer(value):
    print(json.dumps(value), flush=True)


prepared = {}
answer({"version": torch.__version__})
for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "prepare":
        torch.set_num_threads(request["threads"])
        name = request["workload"]
        if current := prepared.get(name):
            step = current
        else:
            torch.manual_seed(1)
            step = prepared[name] = WORKLOADS[name]()
        answer({})
    else:
        begin = time.perf_counter()
        for _ in range(request["steps"]):
            step()
        answer({"seconds": time.perf_counter() - begin})
