"""Reference values of FedDCSR's loss, its terms and gradients, in PyTorch.

    python benchmarks/reference/feddcsr.py

writes packages/core/src/models/federated-recommenders/__fixtures__/feddcsr.json.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/models/federated-recommenders/__fixtures__/feddcsr.json"

B, L, W, N, HEADS, BLOCKS = 4, 5, 4, 3, 2, 1
BETA, GAMMA, LAM, MARGIN, TAU, KL = 1.5, 0.7, 0.6, 0.9, 0.5, 0.3
# The events of each place; the last place is empty, the third has one event.
LENGTHS = [5, 3, 1, 0]
KNOWN = [1.0, 0.0, 1.0, 0.0]

generator = torch.Generator().manual_seed(11)


def draw(*shape, scale=1.0):
    return (scale * torch.randn(*shape, generator=generator, dtype=torch.float64)).requires_grad_()


def encoder_parameters(name):
    sizes = {f"{name}/positions": (L, W), f"{name}/norm/scale": (W,), f"{name}/norm/shift": (W,)}
    for i in range(BLOCKS):
        block = f"{name}/block{i}"
        for part in ("queries", "keys", "values", "out"):
            sizes[f"{block}/attention/{part}/weight"] = (W, W)
            sizes[f"{block}/attention/{part}/bias"] = (W,)
        for norm in ("norm0", "norm1"):
            sizes[f"{block}/{norm}/scale"] = (W,)
            sizes[f"{block}/{norm}/shift"] = (W,)
        for part in ("up", "down"):
            sizes[f"{block}/{part}/weight"] = (W, W)
            sizes[f"{block}/{part}/bias"] = (W,)
    return {key: draw(*shape, scale=0.6) for key, shape in sizes.items()}


ENCODERS = ["shared/mean", "shared/variance", "exclusive/mean", "exclusive/variance"]
parameters = {}
for name in ENCODERS:
    parameters |= encoder_parameters(name)
for i, (inputs, outputs) in enumerate([(2 * W, W), (W, W), (W, 1)]):
    parameters[f"discriminator/{i}/weight"] = draw(inputs, outputs)
    parameters[f"discriminator/{i}/bias"] = draw(outputs)
vectors = {form: draw(B, L, W) for form in ("shared", "exclusive", "augmented", "target")}
negatives = draw(N, W)
noise = {form: draw(B, L, W).detach() for form in ("shared", "exclusive", "negative", "augmented")}
glob = draw(B, W).detach()
mask = torch.zeros(B, L, dtype=torch.float64)
for b, length in enumerate(LENGTHS):
    mask[b, L - length :] = 1
known = torch.tensor(KNOWN, dtype=torch.float64)


def norm(x, name):
    return F.layer_norm(x, (W,), parameters[f"{name}/scale"], parameters[f"{name}/shift"], 1e-5)


def linear(x, name):
    return x @ parameters[f"{name}/weight"] + parameters[f"{name}/bias"]


def encode(items, name):
    x = items * math.sqrt(W) + parameters[f"{name}/positions"]
    allowed = (mask[:, None, None, :] > 0) & torch.ones(L, L).tril().bool()
    bias = torch.where(allowed, 0.0, -1e9).double()
    for i in range(BLOCKS):
        block = f"{name}/block{i}"
        n = norm(x, f"{block}/norm0")
        heads = lambda y: y.view(B, L, HEADS, W // HEADS).transpose(1, 2)
        q, k, v = (heads(linear(n, f"{block}/attention/{p}")) for p in ("queries", "keys", "values"))
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        x = x + linear(mixed.transpose(1, 2).reshape(B, L, W), f"{block}/attention/out")
        x = x + linear(F.relu(linear(norm(x, f"{block}/norm1"), f"{block}/up")), f"{block}/down")
    return norm(x, f"{name}/norm")


def posterior(branch, items):
    return encode(items, f"{branch}/mean"), encode(items, f"{branch}/variance")


def sample(mu, logvar, eps):
    return mu + torch.exp(0.5 * logvar) * eps


def over_positions(values):
    return (values * mask).sum() / mask.sum()


def divergence(mu, logvar):
    prior = torch.distributions.Normal(0.0, 1.0)
    posterior = torch.distributions.Normal(mu, torch.exp(0.5 * logvar))
    return over_positions(torch.distributions.kl_divergence(posterior, prior).sum(-1))


def next_item(z):
    right = (z * vectors["target"]).sum(-1, keepdim=True)
    logits = torch.cat([right, z @ negatives.T], -1).reshape(B * L, 1 + N)
    zeros = torch.zeros(B * L, dtype=torch.long)
    return over_positions(F.cross_entropy(logits, zeros, reduction="none").view(B, L))


def judge(z):
    x = torch.cat([z, glob], -1)
    x = F.relu(linear(x, "discriminator/0"))
    x = F.relu(linear(x, "discriminator/1"))
    return torch.sigmoid(linear(x, "discriminator/2"))[:, 0]


def contrast(x, y):
    there = mask[:, -1] > 0
    both = torch.cat([x[there], y[there]])
    n = int(there.sum())
    similar = F.cosine_similarity(both[:, None], both[None], dim=-1) / TAU
    similar = similar.masked_fill(torch.eye(2 * n).bool(), float("-inf"))
    labels = torch.cat([torch.arange(n, 2 * n), torch.arange(n)])
    return F.cross_entropy(similar, labels)


shared, exclusive = posterior("shared", vectors["shared"]), posterior("exclusive", vectors["exclusive"])
z_s, z_e = sample(*shared, noise["shared"]), sample(*exclusive, noise["exclusive"])
other = sample(*exclusive, noise["negative"])
augmented = sample(*posterior("exclusive", vectors["augmented"]), noise["augmented"])
hinge = F.relu(MARGIN - judge(z_s[:, -1]) + judge(other[:, -1]))
terms = {
    "next": next_item(z_s + z_e),
    "divergence": KL * (divergence(*shared) + divergence(*exclusive)),
    "exclusive": GAMMA * next_item(z_e),
    "similarity": BETA * (hinge * known).sum() / known.sum(),
    "contrast": LAM * contrast(z_e[:, -1], augmented[:, -1]),
}
loss = sum(terms.values())
loss.backward()

flat = lambda x: [round(v, 7) for v in x.detach().reshape(-1).tolist()]
leaves = {f"parameter:{name}": x for name, x in parameters.items()}
leaves |= {f"vectors:{form}": x for form, x in vectors.items()} | {"negatives": negatives}
OUT.write_text(
    json.dumps(
        {
            "settings": {
                "width": W,
                "blocks": BLOCKS,
                "heads": HEADS,
                "length": L,
                "negatives": N,
                "kl": KL,
                "similarity": BETA,
                "margin": MARGIN,
                "exclusive": GAMMA,
                "contrast": LAM,
                "temperature": TAU,
                "dropout": 0,
            },
            "users": B,
            "inputs": {name: flat(x) for name, x in leaves.items()}
            | {f"noise:{form}": flat(x) for form, x in noise.items()}
            | {"global": flat(glob), "known": KNOWN, "mask": flat(mask), "klWeight": [KL]},
            "loss": loss.item(),
            "terms": {name: term.item() for name, term in terms.items()},
            "gradients": {name: flat(x.grad) for name, x in leaves.items()},
            "states": {
                "shared": flat(shared[0][:, -1]),
                "exclusive": flat(exclusive[0][:, -1]),
            },
        }
    )
    + "\n"
)
