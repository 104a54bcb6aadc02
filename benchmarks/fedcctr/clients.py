"""User-clients of IDST-CL as an engineer writes them in PyTorch, on what hand-over.ts wrote.

Ways to sum clients' gradients, with clipping to `clipNorm` or without:

    copies    client after client: copies the model, all items included, and adds all of its gradient
    loop      client after client, each on sequences of its own length, with gradients of its own rows alone
    batched   64 padded clients at once, gradients of the summed loss: no clipping is possible
    vmap      64 padded clients at once, a gradient for each by torch.func
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

ABSENT = -1e9
CHUNK = 64
SEQUENCES = ("merged", "domains")
TARGETS = ("stateAt", "domainStateAt", "targetAt", "targetDomain", "weight")


class Round:
    def __init__(self, path):
        folder = Path(path).parent
        self.setting = json.loads(Path(path).read_text())
        arrays = {
            name: np.fromfile(folder / f"{name.replace('/', '+')}.bin", of["type"]).reshape(of["shape"])
            for name, of in self.setting["arrays"].items()
        }
        self.table = torch.from_numpy(arrays.pop("table"))
        self.parameters = {
            name.removeprefix("parameter:"): torch.from_numpy(array)
            for name, array in arrays.items()
            if name.startswith("parameter:")
        }
        floats = ("weight", "targetDomain", "negativePresent")
        self.data = {
            name: torch.from_numpy(array).float() if name in floats else torch.from_numpy(array).long()
            for name, array in arrays.items()
            if not name.startswith("parameter:")
        }
        self.clients = len(self.data["own"])
        # Trimming and batching are done before: what is timed is learning.
        self.single = [self.trimmed(client) for client in range(self.clients)]
        self.chunks = [
            {name: array[at : at + CHUNK] for name, array in self.data.items()} for at in range(0, self.clients, CHUNK)
        ]

    def trimmed(self, client):
        """Without padding, which is at the start of sequences and of targets; [1, ...]. A domain keeps one place."""
        own = {name: array[client : client + 1] for name, array in self.data.items()}
        most = self.setting["length"]
        there = int((own["merged"] >= 0).sum())
        own["merged"] = own["merged"][..., most - there :]
        for name in TARGETS:
            own[name] = own[name][..., most - there :]
        own["stateAt"] = own["stateAt"] - (most - there)
        longest = max(1, int((own["domains"] >= 0).sum(-1).max()))
        cut = own["domains"].shape[-1] - longest
        own["domains"] = own["domains"][..., cut:]
        own["domainStateAt"] = torch.where(own["domainStateAt"] < 0, -1, own["domainStateAt"] - cut)
        # Slots are given in the order in which they occur.
        own["own"] = own["own"][:, : int((own["own"] >= 0).sum())]
        return own

    def rows(self, batch):
        """Vectors of own items and of negatives, made leaves: a table of 20,000 rows is nobody's gradient."""
        return self.table[batch["own"].clamp(min=0)], self.table[batch["negatives"].clamp(min=0)]


def looked_up(places, vectors):
    """vectors[places], 0 at places of -1: [C, n] and [C, R, width]."""
    width = vectors.shape[-1]
    found = torch.gather(vectors, 1, places.clamp(min=0)[..., None].expand(*places.shape, width))
    return found * (places >= 0)[..., None]


class Model:
    def __init__(self, setting):
        self.setting = setting
        # vmap has no rule for the fused kernel on CPUs: it would go through it user by user.
        self.fused = True

    def attend(self, q, k, v, mask):
        if self.fused:
            return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) + mask, -1) @ v

    def drop(self, x):
        rate = self.setting["dropout"]
        return F.dropout(x, rate) if rate > 0 else x

    def norm(self, p, name, x):
        return F.layer_norm(x, x.shape[-1:], p[f"{name}/scale"], p[f"{name}/shift"])

    def linear(self, p, name, x):
        return x @ p[f"{name}/weight"] + p[f"{name}/bias"]

    def encode(self, p, name, places, vectors):
        """[C, n] slots to states [C, n, width]."""
        users, length = places.shape
        heads, width = self.setting["heads"], self.setting["width"]
        positions = p[f"{name}/positions"]
        x = self.drop(math.sqrt(width) * looked_up(places, vectors) + positions[len(positions) - length :])
        later = torch.full((length, length), 2 * ABSENT).triu(1)
        mask = later + (places < 0)[:, None, None, :] * ABSENT
        for i in range(self.setting["blocks"]):
            block = f"{name}/block{i}"
            y = self.norm(p, f"{block}/norm0", x)
            q, k, v = (
                self.linear(p, f"{block}/attention/{part}", y).view(users, length, heads, -1).transpose(1, 2)
                for part in ("queries", "keys", "values")
            )
            mixed = self.attend(q, k, v, mask)
            mixed = mixed.transpose(1, 2).reshape(users, length, width)
            x = x + self.drop(self.linear(p, f"{block}/attention/out", mixed))
            inner = torch.relu(self.linear(p, f"{block}/up", self.norm(p, f"{block}/norm1", x)))
            x = x + self.drop(self.linear(p, f"{block}/down", inner))
        return self.norm(p, f"{name}/norm", x)

    def losses(self, p, own, negatives, batch):
        """[C]: each user's loss."""
        merged = looked_up(batch["stateAt"], self.encode(p, "merged", batch["merged"], own))
        states = [
            looked_up(batch["domainStateAt"][:, x], self.encode(p, f"domain{x}", batch["domains"][:, x], own))
            for x in range(2)
        ]
        of = batch["targetDomain"][..., None]
        query = sum(
            of[:, x] * (h + h @ p[f"query{x}/domain"] + merged + merged @ p[f"query{x}/merged"])
            for x, h in enumerate(states)
        )
        target = (query * looked_up(batch["targetAt"], own)).sum(-1)
        missing = (1 - batch["negativePresent"]) * ABSENT
        others = sum(
            of[:, x] * (query @ negatives[:, x].transpose(1, 2) + missing[:, x, None]) for x in range(2)
        )
        losses = F.softplus(torch.logsumexp(others, -1) - target) * batch["weight"]
        return losses.sum(-1) + self.setting["cdrd"]["weight"] * self.cdrd(merged, states, batch)

    def cdrd(self, merged, states, batch):
        tau = self.setting["cdrd"]["temperature"]
        unit = lambda x: x / (x.square().sum(-1, keepdim=True) + 1e-12).sqrt()
        m, a, b = unit(merged), unit(states[0]), unit(states[1])
        there = (batch["domainStateAt"] >= 0).float()
        near = torch.stack([(m * a).sum(-1) / tau, (m * b).sum(-1) / tau], -1)
        near = torch.logsumexp(near + (1 - there.transpose(1, 2)) * ABSENT, -1)
        both = there.prod(1) * (batch["weight"] > 0)
        losses = F.softplus((a * b).sum(-1) / tau - near) * both
        return losses.sum(-1) / both.sum(-1).clamp(min=1)


class Sums:
    """The sum of clients' gradients: of parameters by name, and of the table's rows."""

    def __init__(self, round):
        self.dense = {name: torch.zeros_like(value) for name, value in round.parameters.items()}
        self.table = torch.zeros_like(round.table)

    def add_rows(self, items, gradient):
        width = gradient.shape[-1]
        self.table.index_add_(0, items.clamp(min=0).flatten(), gradient.reshape(-1, width))

    def add(self, gradients, batch, own, negatives, factor=1):
        torch._foreach_add_(list(self.dense.values()), gradients, alpha=factor)
        self.add_rows(batch["own"], factor * own)
        self.add_rows(batch["negatives"], factor * negatives)


def copies(round, model, clipped):
    """Client after client, each with a model of its own."""
    sums = Sums(round)
    bound = round.setting["clipNorm"]
    for batch in round.single:
        p = {name: value.clone().requires_grad_() for name, value in round.parameters.items()}
        table = round.table.clone().requires_grad_()
        own, negatives = (F.embedding(batch[name].clamp(min=0), table) for name in ("own", "negatives"))
        model.losses(p, own, negatives, batch).sum().backward()
        learned = [*p.values(), table]
        if clipped:
            torch.nn.utils.clip_grad_norm_(learned, bound)
        torch._foreach_add_([*sums.dense.values(), sums.table], [value.grad for value in learned])
    return sums


def loop(round, model, clipped):
    """Client after client."""
    sums = Sums(round)
    p = {name: value.clone().requires_grad_() for name, value in round.parameters.items()}
    leaves = list(p.values())
    bound = round.setting["clipNorm"]
    for batch in round.single:
        own, negatives = (rows.requires_grad_() for rows in round.rows(batch))
        loss = model.losses(p, own, negatives, batch).sum()
        gradients = torch.autograd.grad(loss, [*leaves, own, negatives])
        factor = 1
        if clipped:
            norm = float(torch.stack(torch._foreach_norm(gradients)).norm())
            factor = min(1, bound / norm)
        sums.add(gradients[:-2], batch, *gradients[-2:], factor)
    return sums


def batched(round, model, clipped):
    """A chunk's summed loss at once."""
    assert not clipped
    sums = Sums(round)
    p = {name: value.clone().requires_grad_() for name, value in round.parameters.items()}
    leaves = list(p.values())
    for batch in round.chunks:
        own, negatives = (rows.requires_grad_() for rows in round.rows(batch))
        loss = model.losses(p, own, negatives, batch).sum()
        gradients = torch.autograd.grad(loss, [*leaves, own, negatives])
        sums.add(gradients[:-2], batch, *gradients[-2:])
    return sums


def vmap(round, model, clipped):
    """A gradient for each client of a chunk at once."""
    sums = Sums(round)
    model.fused = False

    def loss_of_one(p, own, negatives, batch):
        alone = {name: array[None] for name, array in batch.items()}
        return model.losses(p, own[None], negatives[None], alone).sum()

    gradient = torch.func.vmap(
        torch.func.grad(loss_of_one, argnums=(0, 1, 2)), in_dims=(None, 0, 0, 0), randomness="different"
    )
    bound = round.setting["clipNorm"]
    for batch in round.chunks:
        dense, own, negatives = gradient(round.parameters, *round.rows(batch), batch)
        users = len(own)
        flat = [dense[name].reshape(users, -1) for name in round.parameters]
        factor = torch.ones(users)
        if clipped:
            squares = sum(g.square().sum(1) for g in [*flat, own.reshape(users, -1), negatives.reshape(users, -1)])
            factor = (bound / squares.sqrt()).clamp(max=1)
        summed = [
            (factor @ g).view_as(value) for g, value in zip(flat, round.parameters.values())
        ]
        scaled = lambda rows: rows * factor.view(-1, *[1] * (rows.dim() - 1))
        sums.add(summed, batch, scaled(own), scaled(negatives))
    return sums


WAYS = {"copies": copies, "loop": loop, "batched": batched, "vmap": vmap}
