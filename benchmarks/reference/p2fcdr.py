"""Reference values of a step of P2FCDR, in PyTorch.

    python benchmarks/reference/p2fcdr.py

writes packages/core/src/models/federated-recommenders/__fixtures__/p2fcdr.json.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/models/federated-recommenders/__fixtures__/p2fcdr.json"

B, W, ORTHOGONALITY = 6, 3, 0.4
generator = torch.Generator().manual_seed(7)


def draw(*shape):
    return torch.randn(*shape, generator=generator, dtype=torch.float64).requires_grad_()


parameters = {"mapping": draw(W, W)}
for i in range(2):
    parameters[f"gate/{i}/weight"] = draw(W, W)
    parameters[f"gate/{i}/bias"] = draw(W)
users, items = draw(B, W), draw(B, W)
other = draw(B, W).detach()
known = torch.tensor([1, 1, 0, 1, 0, 1], dtype=torch.float64)
label = torch.tensor([1, 0, 1, 0, 0, 1], dtype=torch.float64)
present = torch.tensor([1, 1, 1, 1, 1, 0], dtype=torch.float64)

c = other @ parameters["mapping"].T
hidden = F.relu((users - c) @ parameters["gate/0/weight"] + parameters["gate/0/bias"])
gate = torch.sigmoid(hidden @ parameters["gate/1/weight"] + parameters["gate/1/bias"])
fused = torch.where(known[:, None] > 0, gate * users + (1 - gate) * c, users)
logits = (fused * items).sum(-1)
loss = F.binary_cross_entropy_with_logits(logits[present > 0], label[present > 0])
m = parameters["mapping"]
total = loss + ORTHOGONALITY * torch.linalg.matrix_norm(m @ m.T - torch.eye(W).double()) ** 2
total.backward()

flat = lambda x: [round(v, 7) for v in x.detach().reshape(-1).tolist()]
leaves = {f"parameter:{name}": x for name, x in parameters.items()}
leaves |= {"users": users, "items": items}
given = {"other": other, "known": known, "label": label, "present": present}
OUT.write_text(
    json.dumps(
        {
            "batchSize": B,
            "width": W,
            "orthogonality": ORTHOGONALITY,
            "inputs": {name: flat(x) for name, x in (leaves | given).items()},
            "loss": loss.item(),
            "fused": flat(fused),
            "gradients": {name: flat(x.grad) for name, x in leaves.items()},
        }
    )
    + "\n"
)
