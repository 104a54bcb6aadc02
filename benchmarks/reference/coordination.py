"""Reference values of the rules by which a server joins clients' updates.

    python benchmarks/reference/coordination.py

writes packages/core/src/federation/coordination/__fixtures__/coordination.json.

The conflict-averse step is solved twice with SciPy's SLSQP: as the published dual over the simplex, and
as the problem it comes from, the direction within c ||g0|| of the mean with the best worst product.
Weak duality says that the second can never exceed the first, so their gap certifies both; the script
stops where it is not small. PCGrad is the algorithm of Yu et al. 2020, line by line, on vectors.
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.optimize import minimize

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/federation/coordination/__fixtures__/coordination.json"
GAP = 1e-12


def dual(updates, c, starts):
    """min over the simplex of w' A 1 / K + c' sqrt(w' A w)."""
    k = len(updates)
    a = updates @ updates.T
    b = a.mean(axis=1)
    radius = c * np.sqrt(a.mean())

    def value(w):
        return w @ b + radius * np.sqrt(max(w @ a @ w, 0))

    def slope(w):
        return b + radius * (a @ w) / np.sqrt(max(w @ a @ w, 1e-300))

    best = None
    for start in starts:
        answer = minimize(
            value,
            start,
            jac=slope,
            method="SLSQP",
            bounds=[(0, 1)] * k,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(k)},
            options={"ftol": 1e-16, "maxiter": 2000},
        )
        w = np.clip(answer.x, 0, 1)
        w /= w.sum()
        if best is None or value(w) < value(best):
            best = w
    return best, value(best)


def primal(updates, c, starts):
    """max of min_k <D_k, d> within c ||g0|| of g0, in an orthonormal basis of the updates' span."""
    _, sizes, basis = np.linalg.svd(updates, full_matrices=False)
    basis = basis[sizes > 1e-12 * max(sizes[0], 1e-300)]
    d_k = updates @ basis.T
    mean = d_k.mean(axis=0)
    radius = c * np.linalg.norm(mean)
    width = len(mean)
    best = None
    for start in starts:
        offset = start @ d_k
        norm = np.linalg.norm(offset)
        offset = radius * offset / norm if norm > 0 else offset
        d = mean + offset
        x0 = np.append(d, (d_k @ d).min())
        answer = minimize(
            lambda x: -x[-1],
            x0,
            jac=lambda x: np.append(np.zeros(width), -1.0),
            method="SLSQP",
            constraints=[
                {
                    "type": "ineq",
                    "fun": lambda x: d_k @ x[:-1] - x[-1],
                    "jac": lambda x: np.hstack([d_k, -np.ones((len(d_k), 1))]),
                },
                {
                    "type": "ineq",
                    "fun": lambda x: (radius**2 - ((x[:-1] - mean) ** 2).sum()) / radius,
                    "jac": lambda x: np.append(-2 * (x[:-1] - mean), 0.0) / radius,
                },
            ],
            options={"ftol": 1e-16, "maxiter": 2000},
        )
        step = answer.x[:-1] - mean
        step *= min(1.0, radius / max(np.linalg.norm(step), 1e-300))
        d = mean + step
        if best is None or (d_k @ d).min() > (d_k @ best).min():
            best = d
    return best @ basis, (d_k @ best).min()


def cagrad(name, updates, c, rng):
    updates = np.asarray(updates, dtype=float)
    k = len(updates)
    starts = [np.full(k, 1 / k), *np.eye(k)[: min(k, 6)], *rng.dirichlet(np.ones(k), 6)]
    w, objective = dual(updates, c, starts)
    g_w = w @ updates
    starts = [w, *starts]
    d, worst = primal(updates, c, starts)
    mean = updates.mean(axis=0)
    size = abs(w) @ abs(updates @ mean) + c * np.linalg.norm(mean) * np.linalg.norm(g_w)
    gap = (objective - worst) / max(size, 1e-300)
    print(f"{name:28s} K {k:2d} F {objective:+.6e} gap {gap:+.1e}")
    assert abs(gap) <= GAP, name
    return {
        "name": name,
        "caution": c,
        "updates": updates.tolist(),
        "objective": objective,
        "scale": size,
        # Where the updates cancel, several directions may share the best worst product.
        "unique": bool(np.linalg.norm(g_w) > 1e-6 * np.linalg.norm(updates)),
        "direction": (d / (1 + c * c)).tolist(),
    }


def pcgrad(updates, orders):
    updates = np.asarray(updates, dtype=float)
    result = []
    for k, order in enumerate(orders):
        g = updates[k].copy()
        for j in order:
            if j != k and g @ updates[j] < 0:
                g -= (g @ updates[j]) / (updates[j] @ updates[j]) * updates[j]
        result.append(g)
    return np.mean(result, axis=0)


def main():
    rng = np.random.default_rng(6)
    cases = []

    def add(name, updates, c=0.4):
        # Short decimals, so that the file is small and exact.
        cases.append(cagrad(name, np.round(np.asarray(updates, float), 4), c, rng))

    add("two at 45 degrees", [[1, 0], [1, 1]])
    add("two at 135 degrees", [[1, 0, 0.5], [-1.5, 0.8, 0.1]])
    add("two in conflict, c 0.9", [[1, 0, 0.5], [-1.5, 0.8, 0.1]], 0.9)
    add("opposite, one twice as long", [[2, 1], [-4, -2]])
    add("opposite and a third, within reach", [[1, 0], [-1, 0], [0.5, 1]], 0.5)
    add("opposite and a third, out of reach", [[1, 0], [-1, 0], [0.5, 1]], 0.4)
    add("identical", [[0.3, -0.4, 1.2]] * 4)
    add("identical but one", [[0.3, -0.4, 1.2]] * 3 + [[-0.5, 1, 0.1]])
    add("rank one", [[1, 2], [3, 6], [-0.5, -1], [0.25, 0.5]])
    add("one zero", [[1, 0.2, 0], [0, 0, 0], [0.3, -1, 0.4]])
    add("one ten thousand times longer", np.vstack([rng.normal(size=(3, 6)), 1e4 * rng.normal(size=6)]))
    add("one ten thousand times shorter", np.vstack([1e-4 * np.ones((1, 4)), rng.normal(size=(3, 4))]))
    for k in (1, 2, 3, 4, 5, 6, 8, 10, 12, 16):
        add(f"{k} at random", rng.normal(size=(k, k + 4)))
        if k > 2:
            add(f"{k} with a common part", rng.normal(size=(k, k + 2)) + 0.8)
            add(f"{k} of rank 3", rng.normal(size=(k, 3)) @ rng.normal(size=(3, 5)))

    settled = []
    for k, width in ((2, 3), (3, 4), (5, 4), (8, 6)):
        updates = np.round(rng.normal(size=(k, width)), 4)
        orders = [rng.permutation(k).tolist() for _ in range(k)]
        settled.append(
            {
                "updates": updates.tolist(),
                "orders": orders,
                "mean": pcgrad(updates, orders).tolist(),
            }
        )

    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(
        json.dumps({"scipy": scipy.__version__, "cagrad": cases, "pcgrad": settled}) + "\n"
    )


main()
