"""Reference values of FCF (NumPy, PyTorch) and PFedRec (PyTorch) on small worlds.

    python benchmarks/reference/federated_recommenders.py

writes packages/core/src/models/federated-recommenders/__fixtures__/federated-recommenders.json.
"""

import json
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/models/federated-recommenders/__fixtures__"

ITEM_STARTS = [0, 4, 6]
ITEMS = ITEM_STARTS[-1]


def fcf():
    """Rounds in which users solve for their factors and the server takes Adam steps on the whole loss."""
    width, alpha, lam, rate = 3, 2.5, 0.7, 0.1
    # How often each user chose each item; the last user chose nothing.
    counts = torch.tensor(
        [[1, 2, 0, 0, 1, 0], [0, 0, 3, 1, 0, 1], [1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]],
        dtype=torch.float64,
    )
    generator = torch.Generator().manual_seed(3)
    first = torch.randn(ITEMS, width, generator=generator, dtype=torch.float64)
    items = first.clone().requires_grad_()
    optimiser = torch.optim.Adam([items], lr=rate, betas=(0.8, 0.95))
    preference, confidence = (counts > 0).double(), 1 + alpha * counts
    rounds = []
    for _ in range(3):
        y = items.detach().numpy()
        users = np.stack(
            [
                np.linalg.solve(
                    y.T @ np.diag(c) @ y + lam * np.eye(width), y.T @ np.diag(c) @ p
                )
                for c, p in zip(confidence.numpy(), preference.numpy())
            ]
        )
        x = torch.tensor(users)
        errors = preference - x @ items.T
        by_user = (confidence * errors**2).sum(1) + lam * (x**2).sum(1)
        loss = by_user.sum() + lam * (items**2).sum()
        optimiser.zero_grad()
        loss.backward()
        answers = ((confidence * errors).T @ x).detach()
        optimiser.step()
        rounds.append(
            {
                "users": users.tolist(),
                "losses": by_user.tolist(),
                "sum": answers.tolist(),
                "items": items.detach().tolist(),
            }
        )
    settings = {"width": width, "alpha": alpha, "lambda": lam, "learningRate": rate}
    settings |= {"beta1": 0.8, "beta2": 0.95, "std": 1}
    return {"settings": settings, "counts": counts.int().tolist(), "first": first.tolist(), "rounds": rounds}


def pfedrec():
    """Two rounds of two passes of users whose negatives are forced: all but one item of a domain is theirs."""
    width, negatives, rate, eta = 3, 2, 0.3, 0.5
    chosen = [[0, 1, 2, 4], [1, 2, 3], [5]]
    forced = [{0: 3, 1: 5}, {0: 0}, {1: 4}]
    generator = torch.Generator().manual_seed(5)
    draw = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)
    first, start = draw(ITEMS, width), draw(width + 1)
    shared = first.clone()
    functions = [start.clone() for _ in chosen]
    rounds = []
    for _ in range(2):
        tables, losses = [], []
        for user, items in enumerate(chosen):
            examples, labels = list(items), [1.0] * len(items)
            for item in items:
                domain = 0 if item < ITEM_STARTS[1] else 1
                examples += [forced[user][domain]] * negatives
                labels += [0.0] * negatives
            table = torch.nn.Parameter(shared.clone())
            linear = torch.nn.Linear(width, 1, dtype=torch.float64)
            with torch.no_grad():
                linear.weight.copy_(functions[user][None, :width])
                linear.bias.copy_(functions[user][width:])
            by_function = torch.optim.SGD(linear.parameters(), lr=rate)
            by_items = torch.optim.SGD([table], lr=rate * ITEMS * eta)
            target = torch.tensor(labels, dtype=torch.float64)
            bce = torch.nn.BCELoss()
            for _ in range(2):
                for optimiser in (by_function, by_items):
                    optimiser.zero_grad()
                    loss = bce(torch.sigmoid(linear(table[examples]))[:, 0], target)
                    loss.backward()
                    optimiser.step()
                losses.append((loss.item(), len(examples)))
            tables.append(table.detach())
            functions[user] = torch.cat([linear.weight[0], linear.bias]).detach()
        shared = torch.stack(tables).mean(0)
        rounds.append(
            {
                "loss": sum(loss * size for loss, size in losses) / sum(size for _, size in losses),
                "functions": torch.stack(functions).tolist(),
                "items": shared.tolist(),
            }
        )
    settings = {"width": width, "negatives": negatives, "learningRate": rate, "eta": eta}
    settings |= {"batchSize": 100, "std": 1, "localEpochs": 2}
    return {
        "settings": settings,
        "chosen": chosen,
        "first": first.tolist(),
        "function": start.tolist(),
        "rounds": rounds,
    }


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    values = {"itemStarts": ITEM_STARTS, "fcf": fcf(), "pfedrec": pfedrec()}
    (OUT / "federated-recommenders.json").write_text(json.dumps(values, indent=1) + "\n")
