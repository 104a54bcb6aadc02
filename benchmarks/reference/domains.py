"""Principal components and cosines of packages/core/src/methods/fedcctr/diagnostics, by numpy.

    python benchmarks/reference/domains.py > packages/core/src/methods/fedcctr/diagnostics/__fixtures__/domains.json
"""

import json

import numpy as np

random = np.random.default_rng(7)
users, encoders, width = 12, 3, 6
values = random.normal(size=(users, encoders, width)).astype(np.float32)
values[:, 2] += values[:, 0]  # the merged encoder is near the first domain
values[4, 1] = 0  # a user without the second domain
units = values.astype(np.float64)
norms = np.linalg.norm(units, axis=-1, keepdims=True)
units = np.divide(units, norms, out=np.zeros_like(units), where=norms > 0)
there = norms[..., 0] > 0

cosines = []
for a in range(encoders):
    for b in range(a + 1, encoders):
        both = [u for u in range(users) if there[u, a] and there[u, b]]
        table = np.array([[units[u, a] @ units[v, b] for v in both] for u in both])
        off = ~np.eye(len(both), dtype=bool)
        cosines.append(
            {"users": len(both), "mean": float(np.diag(table).mean()), "others": float(table[off].mean())}
        )

points = units[there]
points = points - points.mean(axis=0)
_, singular, axes = np.linalg.svd(points, full_matrices=False)
axes = np.array([axis * np.sign(axis[np.argmax(np.abs(axis))]) for axis in axes[:2]])
explained = singular**2 / (singular**2).sum()
print(
    json.dumps(
        {
            "users": users,
            "width": width,
            "values": [float(x) for x in values.ravel()],
            "cosines": cosines,
            "x": [float(x) for x in points @ axes[0]],
            "y": [float(x) for x in points @ axes[1]],
            "explained": [float(x) for x in explained[:2]],
        }
    )
)
