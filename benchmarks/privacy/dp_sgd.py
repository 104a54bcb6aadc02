"""DP-SGD written out by hand: gradients row by row, clipped unit by unit, Gaussian noise on their sum
(Abadi et al. 2016). It shares no code with Atoll's.

A step: every unit (a row, or a user) takes part by itself with probability batchUnits / units. A unit's
gradient, the mean over those of its rows that the step looks at, is scaled to a norm of at most clipNorm
over all parameters and tables together. The sum, plus N(0, (noiseMultiplier clipNorm)^2) in every entry
but those of padding rows, divided by batchUnits, moves the optimiser. Without privacy: shuffled batches
and the mean of their gradients.
"""

import math

import torch
import torch.nn.functional as F
from torch.func import grad, vmap

from models import MODELS, first_numbers

# Rows whose gradients are held at once.
CHUNK = 2048

OPTIMISERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adagrad": torch.optim.Adagrad}


class Training:
    def __init__(self, data, request):
        self.data, self.config, self.privacy = data, request["training"], request.get("privacy")
        self.generator = torch.Generator().manual_seed(request["seed"])
        model = request["model"]
        shapes, tables, forward = MODELS[model["kind"]](model, data.features)
        self.dense, self.tables = first_numbers(shapes, tables, data, model, self.generator)

        def loss(dense, e, present, label):
            return F.binary_cross_entropy_with_logits(forward(dense, e, present), label)

        def total(*inputs):
            return vmap(loss, in_dims=(None, 0, 0, 0))(*inputs).sum()

        self.row_gradients = vmap(grad(loss, argnums=(0, 1)), in_dims=(None, 0, 0, 0))
        # Where nothing is clipped, the gradient of the sum does, and costs less.
        self.sum_gradients = grad(total, argnums=(0, 1))
        self.logits = vmap(forward, in_dims=(None, 0, 0))
        optimiser = self.config["optimiser"]
        self.optimiser = OPTIMISERS[optimiser["kind"]](
            [*self.dense.values(), *self.tables.values()],
            lr=optimiser["learningRate"],
            weight_decay=optimiser["weightDecay"],
        )
        if self.privacy is not None:
            self.by_user = self.privacy["unit"] == "user"
            self.looks_at = self.privacy["rowsPerUser"] if self.by_user else 1
            self.units = data.num_users if self.by_user else len(data.label["train"])
            self.batch_units = max(1, self.config["batchSize"] // self.looks_at)
            self.rate = min(1, self.batch_units / self.units)
            self.steps = math.ceil(self.units / self.batch_units)
            if self.by_user:
                order = torch.argsort(data.user, stable=True)
                self.rows_of = order.split(torch.bincount(data.user).tolist())

    def inputs(self, part, at):
        """Table rows [rows, values], and what the model reads."""
        rows = self.data.rows[part][at]
        e = {name: table[rows] for name, table in self.tables.items()}
        return rows, (self.dense, e, (~self.data.is_padding[rows]).float())

    def train(self):
        for _ in range(self.config["passes"]):
            if self.privacy is None:
                self.plain_pass()
            else:
                for _ in range(self.steps):
                    self.private_step()

    def private_step(self):
        norm = self.privacy["clipNorm"]
        taken = torch.rand(self.units, generator=self.generator) < self.rate
        dense, tables = self.zeros()
        for at, unit in self.chunks(taken.nonzero()[:, 0]):
            self.add_clipped(at, unit, norm, dense, tables)
        self.move(dense, tables, self.privacy["noiseMultiplier"] * norm, self.batch_units)

    def chunks(self, taken):
        """Rows that the step looks at and which unit, 0, 1, ..., each is of: some units at a time."""
        per_chunk = max(1, CHUNK // self.looks_at)
        for units in taken.split(per_chunk):
            if not self.by_user:
                yield units, torch.arange(len(units))
            elif len(units) > 0:
                rows = [self.rows_of_user(user) for user in units.tolist()]
                counts = torch.tensor([len(own) for own in rows])
                yield torch.cat(rows), torch.repeat_interleave(counts)

    def rows_of_user(self, user):
        own = self.rows_of[user]
        return own[torch.randperm(len(own), generator=self.generator)[: self.looks_at]]

    def add_clipped(self, at, unit, norm, dense, tables):
        """Adds the clipped gradients of units; row `at[i]` is of unit `unit[i]`."""
        if len(at) == 0:
            return
        units = int(unit[-1]) + 1
        share = (1 / torch.bincount(unit).float())[unit]
        rows, inputs = self.inputs("train", at)
        by_row, by_value = self.row_gradients(*inputs, self.data.label["train"][at])
        square = torch.zeros(units)
        sums, entries = {}, {}
        for name, g in by_row.items():
            own = g.reshape(len(at), -1) * share[:, None]
            if units < len(at):
                own = torch.zeros(units, own.shape[1]).index_add_(0, unit, own)
            sums[name] = own
            square += own.square().sum(1)
        # Values of one unit that read the same table row are one entry of its gradient.
        real = ~self.data.is_padding[rows]
        key = (unit[:, None] * self.data.num_rows + rows)[real]
        found, where = torch.unique(key, return_inverse=True)
        owner, row = found // self.data.num_rows, found % self.data.num_rows
        for name, g in by_value.items():
            own = (g * share[:, None, None])[real]
            entries[name] = torch.zeros(len(found), g.shape[2]).index_add_(0, where, own)
            square.index_add_(0, owner, entries[name].square().sum(1))
        factor = (norm / square.sqrt()).clamp(max=1)
        for name, own in sums.items():
            dense[name] += (factor @ own).reshape(dense[name].shape)
        for name, own in entries.items():
            tables[name].index_add_(0, row, factor[owner][:, None] * own)

    def plain_pass(self):
        order = torch.randperm(len(self.data.label["train"]), generator=self.generator)
        for at in order.split(self.config["batchSize"]):
            rows, inputs = self.inputs("train", at)
            dense, by_value = self.sum_gradients(*inputs, self.data.label["train"][at])
            _, tables = self.zeros()
            for name, g in by_value.items():
                tables[name].index_add_(0, rows.reshape(-1), g.reshape(-1, g.shape[2]))
            self.move(dense, tables, 0, len(at))

    def zeros(self):
        return (
            {name: torch.zeros_like(value) for name, value in self.dense.items()},
            {name: torch.zeros_like(value) for name, value in self.tables.items()},
        )

    def move(self, dense, tables, noise, denominator):
        for name, value in [*self.dense.items(), *self.tables.items()]:
            sums = tables[name] if name in tables else dense[name]
            drawn = torch.randn(sums.shape, generator=self.generator)
            value.grad = (sums + noise * drawn) / denominator
            if name in tables:
                value.grad[self.data.is_padding] = 0
        self.optimiser.step()

    def auc(self, part):
        rows = torch.arange(len(self.data.label[part]))
        logits = [self.logits(*self.inputs(part, at)[1]) for at in rows.split(CHUNK)]
        return auc(torch.cat(logits), self.data.label[part])


def auc(score, label):
    """By ranks; equal scores share their mean rank."""
    _, place, counts = torch.unique(score, return_inverse=True, return_counts=True)
    rank = (counts.cumsum(0) - (counts - 1) / 2).double()[place]
    positives = label.sum().double()
    area = rank[label == 1].sum() - positives * (positives + 1) / 2
    return float(area / (positives * (len(label) - positives)))
