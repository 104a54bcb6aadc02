"""The opponents: what an engineer writes in PyTorch for the same steps, eager, inputs made before.

Each entry of WORKLOADS makes a step without arguments. Fused and foreach variants of Adam are entries
of their own; the benchmark takes the faster.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

INPUTS = 416
HIDDEN = [400, 400, 400]
FIELDS, WIDTH, ROWS = 26, 16, 1_000_000
BATCH = 4096
POOL = 8
ADAM = {"fused": {"fused": True}, "foreach": {"foreach": True}}


def tower(inputs=INPUTS):
    layers = []
    for outputs in HIDDEN:
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        inputs = outputs
    return nn.Sequential(*layers, nn.Linear(inputs, 1))


def labels(count):
    return (torch.rand(count) > 0.5).float()


def training(forward, optimisers, batches, targets):
    """A step: the next batch, forward, backward, every optimiser."""
    at = 0

    def step():
        nonlocal at
        at = (at + 1) % len(batches)
        for optimiser in optimisers:
            optimiser.zero_grad(set_to_none=True)
        loss = F.binary_cross_entropy_with_logits(forward(batches[at]), targets[at])
        loss.backward()
        for optimiser in optimisers:
            optimiser.step()

    return step


def mlp(batch, variant):
    model = tower()
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, **ADAM[variant])
    batches = [torch.randn(batch, INPUTS) for _ in range(POOL)]
    return training(lambda x: model(x).squeeze(1), [adam], batches, [labels(batch)] * POOL)


def ids(batch):
    """Zipf ids, exponent 1.05 within each field; fields one after another in one table."""
    per = ROWS // FIELDS
    share = 1 / np.arange(1, per + 1) ** 1.05
    share /= share.sum()
    random = np.random.default_rng(1)
    # Frequent ids must not lie next to each other: 7919 is coprime to the rows of a field.
    fields = [f * per + random.choice(per, batch, p=share) * 7919 % per for f in range(FIELDS)]
    return torch.tensor(np.stack(fields, 1))


class DeepFM(nn.Module):
    def __init__(self, sparse):
        super().__init__()
        self.factors = nn.Embedding(ROWS, WIDTH, sparse=sparse)
        self.wide = nn.Embedding(ROWS, 1, sparse=sparse)
        nn.init.normal_(self.factors.weight, std=0.01)
        nn.init.normal_(self.wide.weight, std=0.01)
        self.tables = [self.factors.weight, self.wide.weight]
        self.tower = tower()

    def forward(self, x):
        v = self.factors(x)
        pairs = 0.5 * (v.sum(1).square() - v.square().sum(1)).sum(1)
        return self.tower(v.flatten(1)).squeeze(1) + self.wide(x).sum((1, 2)) + pairs


class DCNv2(nn.Module):
    def __init__(self, sparse):
        super().__init__()
        self.factors = nn.Embedding(ROWS, WIDTH, sparse=sparse)
        nn.init.normal_(self.factors.weight, std=0.01)
        self.tables = [self.factors.weight]
        self.cross = nn.ModuleList([nn.Linear(INPUTS, INPUTS) for _ in range(3)])
        self.tower = nn.Sequential(*list(tower())[:-1])
        self.head = nn.Linear(INPUTS + HIDDEN[-1], 1)

    def forward(self, x):
        first = self.factors(x).flatten(1)
        crossed = first
        for layer in self.cross:
            crossed = first * layer(crossed) + crossed
        return self.head(torch.cat([crossed, self.tower(first)], 1)).squeeze(1)


TABLE_OPTIMISERS = {
    "sparse-adam": lambda tables: torch.optim.SparseAdam(tables, lr=1e-3),
    "sparse-adagrad": lambda tables: torch.optim.Adagrad(tables, lr=1e-3),
}


def with_tables(make, tables):
    """`tables`: fused or foreach for one dense Adam over everything, else a sparse optimiser."""
    model = make(sparse=tables not in ADAM)
    if tables in ADAM:
        optimisers = [torch.optim.Adam(model.parameters(), lr=1e-3, **ADAM[tables])]
    else:
        own = {id(table) for table in model.tables}
        dense = [p for p in model.parameters() if id(p) not in own]
        optimisers = [
            torch.optim.Adam(dense, lr=1e-3, fused=True),
            TABLE_OPTIMISERS[tables](model.tables),
        ]
    return training(model, optimisers, [ids(BATCH) for _ in range(POOL)], [labels(BATCH)] * POOL)


class MMoE(nn.Module):
    """Eight experts 416-256-128, two tasks: a linear softmax gate and a tower 128-64-1 each."""

    def __init__(self):
        super().__init__()
        self.first = nn.Parameter(torch.randn(8, INPUTS, 256) * 0.05)
        self.first_bias = nn.Parameter(torch.zeros(8, 1, 256))
        self.second = nn.Parameter(torch.randn(8, 256, 128) * 0.06)
        self.second_bias = nn.Parameter(torch.zeros(8, 1, 128))
        self.gates = nn.ModuleList([nn.Linear(INPUTS, 8) for _ in range(2)])
        self.towers = nn.ModuleList(
            [nn.Sequential(nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 1)) for _ in range(2)]
        )

    def looped(self, x):
        outs = []
        for e in range(8):
            h = torch.relu(torch.addmm(self.first_bias[e], x, self.first[e]))
            outs.append(torch.relu(torch.addmm(self.second_bias[e], h, self.second[e])))
        return torch.stack(outs, 1)

    def batched(self, x):
        h = torch.relu(torch.matmul(x, self.first) + self.first_bias)
        return torch.relu(torch.bmm(h, self.second) + self.second_bias).transpose(0, 1)

    def tasks(self, x, experts):
        logits = []
        for gate, head in zip(self.gates, self.towers):
            mix = torch.softmax(gate(x), 1).unsqueeze(1)
            logits.append(head(torch.bmm(mix, experts).squeeze(1)))
        return torch.cat(logits, 1)


def mmoe(kind, variant):
    model = MMoE()
    experts = getattr(model, kind)
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, **ADAM[variant])
    batches = [torch.randn(BATCH, INPUTS) for _ in range(POOL)]
    targets = [labels(BATCH * 2).reshape(BATCH, 2)] * POOL
    return training(lambda x: model.tasks(x, experts(x)), [adam], batches, targets)


class Block(nn.Module):
    """Pre-LN: x + attention(norm x), then x + W relu(W norm x); two heads."""

    def __init__(self, width=64, heads=2):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x):
        batch, length, width = x.shape
        parts = self.qkv(self.norm1(x)).view(batch, length, 3, self.heads, width // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(torch.relu(self.up(self.norm2(x))))


def transformer(variant):
    blocks = nn.Sequential(Block(), Block(), nn.LayerNorm(64))
    adam = torch.optim.Adam(blocks.parameters(), lr=1e-3, **ADAM[variant])
    x, positive, negative = (torch.randn(128, 50, 64, requires_grad=True) for _ in range(3))

    def step():
        adam.zero_grad(set_to_none=True)
        x.grad = positive.grad = negative.grad = None
        h = blocks(x)
        real = F.softplus(-(h * positive).sum(-1))
        false = F.softplus((h * negative).sum(-1))
        (real + false).mean().backward()
        adam.step()

    return step


def tiny_clients():
    models = [
        nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1)) for _ in range(1000)
    ]
    optimisers = [torch.optim.SGD(model.parameters(), lr=0.1) for model in models]
    x, y = torch.randn(1000, 32, 64), labels(32_000).reshape(1000, 32)

    def step():
        for client, (model, optimiser) in enumerate(zip(models, optimisers)):
            optimiser.zero_grad(set_to_none=True)
            logits = model(x[client]).squeeze(1)
            F.binary_cross_entropy_with_logits(logits, y[client]).backward()
            optimiser.step()

    return step


def inference(batch):
    model = DeepFM(sparse=False).eval()
    batches = [ids(batch) for _ in range(POOL)]
    at = 0

    def step():
        nonlocal at
        at = (at + 1) % POOL
        with torch.inference_mode():
            torch.sigmoid(model(batches[at])).numpy()

    return step


WORKLOADS = {
    **{
        f"mlp-{batch}-{variant}": lambda batch=batch, variant=variant: mlp(batch, variant)
        for batch in (256, 1024, 4096)
        for variant in ADAM
    },
    **{
        f"{name}-{tables}": lambda make=make, tables=tables: with_tables(make, tables)
        for name, make in (("deepfm", DeepFM), ("dcnv2", DCNv2))
        for tables in (*ADAM, *TABLE_OPTIMISERS)
    },
    **{
        f"mmoe-{kind}-{variant}": lambda kind=kind, variant=variant: mmoe(kind, variant)
        for kind in ("looped", "batched")
        for variant in ADAM
    },
    **{f"transformer-{variant}": lambda variant=variant: transformer(variant) for variant in ADAM},
    "tiny-clients": tiny_clients,
    **{f"inference-{batch}": lambda batch=batch: inference(batch) for batch in (1, 1024)},
}
