"""Trains PyTorch's side of docs/results/privacy.md: one JSON request a line, one answer a line.

    {"op": "load", "files", "features", "label", "user"?, "minCount"}   ->   {"rows", "users"}
    {"op": "train", "seed", "model", "training", "privacy"?}   ->   {"version", "auc", "seconds", "rate"?, "steps"?}

`load` reads what later requests train on. `rate` and `steps` are the sampling rate and the steps of a pass
that a private training made of its rows.
"""

import json
import os
import sys
import time

import torch

from dp_sgd import Training
from encode import Data


def answer(value):
    print(json.dumps(value), flush=True)


torch.set_num_threads(int(os.environ.get("ATOLL_TORCH_THREADS", "2")))
data = None
answer({"ready": True})
for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "load":
        data = Data(request)
        answer({"rows": len(data.label["train"]), "users": data.num_users})
        continue
    begin = time.perf_counter()
    training = Training(data, request)
    training.train()
    seconds = time.perf_counter() - begin
    made = {} if training.privacy is None else {"rate": training.rate, "steps": training.steps}
    scored = {"auc": training.auc("test"), "seconds": seconds}
    answer({"version": torch.__version__, **scored, **made})
