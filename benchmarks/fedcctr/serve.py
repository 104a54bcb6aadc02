"""PyTorch's side of docs/results/fedcctr-speed.md: one JSON request a line, one answer a line.

    {"op": "load", "path"}                           ->   {"clients"}
    {"op": "time", "way", "clipped", "threads"}      ->   {"seconds"}
    {"op": "sum", "way", "clipped", "path"}          ->   {}

`time` is a round of all clients; `sum` writes its gradients, without dropout: parameters in their order, then
the table, as float32.
"""

import json
import sys
import time

import torch

from clients import WAYS, Model, Round


def answer(value):
    print(json.dumps(value), flush=True)


answer({"version": torch.__version__})
for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "load":
        torch.manual_seed(1)
        loaded = Round(request["path"])
        answer({"clients": loaded.clients})
    elif request["op"] == "time":
        way = WAYS[request["way"]]
        torch.set_num_threads(request["threads"])
        begin = time.perf_counter()
        way(loaded, Model(loaded.setting), request["clipped"])
        answer({"seconds": time.perf_counter() - begin})
    else:
        torch.set_num_threads(1)
        model = Model({**loaded.setting, "dropout": 0})
        sums = WAYS[request["way"]](loaded, model, request["clipped"])
        flat = torch.cat([*(value.flatten() for value in sums.dense.values()), sums.table.flatten()])
        flat.numpy().tofile(request["path"])
        answer({})
