"""Reference values for packages/core/src/privacy/attacks: python benchmarks/reference/attacks.py

Binomials and one-run bounds in mpmath at 50 digits, Clopper and Pearson's intervals by scipy, DeLong's variance by
its definition over all pairs, likelihood ratios by scipy's normal densities.
"""

import json
from pathlib import Path

import mpmath as mp
import numpy as np
import scipy.stats

mp.mp.dps = 50
OUT = Path(__file__).resolve().parents[2] / "packages/core/src/privacy/attacks/__fixtures__/attacks.json"


def tail(k, n, p):
    return mp.fsum(mp.binomial(n, i) * p**i * (1 - p) ** (n - i) for i in range(max(0, k), n + 1))


def one_run_chance(m, r, v, eps, delta):
    p = mp.e**eps / (mp.e**eps + 1)
    tails = [mp.mpf(0)]
    for k in range(r, -1, -1):
        tails.append(tails[-1] + mp.binomial(r, k) * p**k * (1 - p) ** (r - k))
    f = lambda k: tails[r + 1 - k]
    steepest = max([(f(v - i) - f(v)) / i for i in range(1, v + 1)], default=mp.mpf(0))
    return min(mp.mpf(1), f(v) + 2 * m * mp.mpf(delta) * steepest)


def one_run_bound(m, r, v, delta, confidence):
    level = 1 - mp.mpf(confidence)
    if one_run_chance(m, r, v, mp.mpf(0), delta) >= level:
        return mp.mpf(0)
    low, high = mp.mpf(0), mp.mpf(30)
    for _ in range(55):
        middle = (low + high) / 2
        low, high = (middle, high) if one_run_chance(m, r, v, middle, delta) < level else (low, middle)
    return low


def delong(members, others):
    wins = (members[:, None] > others[None, :]) + 0.5 * (members[:, None] == others[None, :])
    variance = wins.mean(1).var(ddof=1) / len(members) + wins.mean(0).var(ddof=1) / len(others)
    reach = scipy.stats.norm.ppf(0.975) * variance**0.5
    return {"value": wins.mean(), "low": max(0, wins.mean() - reach), "high": min(1, wins.mean() + reach)}


def ratios(target, logits, is_in, pooled):
    def moments(side):
        chosen = [logits[is_in[:, i] == side, i] for i in range(len(target))]
        squares = [((x - x.mean()) ** 2).sum() for x in chosen]
        own = [s / (len(x) - 1) for s, x in zip(squares, chosen)]
        shared = sum(squares) / sum(len(x) - 1 for x in chosen)
        sd = np.sqrt(np.full(len(target), shared) if pooled else np.array(own))
        return np.array([x.mean() for x in chosen]), sd

    (mean_in, sd_in), (mean_out, sd_out) = moments(1), moments(0)
    online = scipy.stats.norm.logpdf(target, mean_in, sd_in) - scipy.stats.norm.logpdf(target, mean_out, sd_out)
    return {"online": online.tolist(), "offline": ((target - mean_out) / sd_out).tolist()}


random = np.random.default_rng(7)
ties = np.round(random.normal(0.8, 1, 40), 1), np.round(random.normal(0, 1, 55), 1)
logits, target = random.normal(0, 2, (6, 5)), random.normal(0, 2, 5)
is_in = np.array([[k % 2 if i % 2 else 1 - k % 2 for i in range(5)] for k in range(6)])

runs = [(m, r, v, d, c) for m, r, v in [(100, 100, 75), (200, 50, 48), (200, 25, 25), (1000, 100, 75), (64, 32, 20), (200, 200, 100), (12, 3, 0)] for d in (0, 1e-5, 1e-3) for c in (0.95, 0.9875)]
chances = [(m, r, v, e, d) for m, r, v in [(100, 100, 75), (200, 50, 48), (1000, 100, 60), (40, 10, 0), (40, 10, 10)] for e in (0, 0.5, 1, 3, 8) for d in (0, 1e-5, 1e-2)]
OUT.write_text(json.dumps({
    "tails": [[k, n, p, float(tail(k, n, mp.mpf(p)))] for n in (1, 7, 40, 1000) for p in (1e-6, 0.03, 0.5, 0.9) for k in sorted({0, 1, n // 3, n // 2, n - 1, n})],
    "clopperPearson": [[k, n, a, 0.0 if k == 0 else float(scipy.stats.beta.ppf(a, k, n - k + 1)), 1.0 if k == n else float(scipy.stats.beta.ppf(1 - a, k + 1, n - k))] for k, n in [(0, 1), (0, 100), (1, 1000), (3, 20), (50, 100), (99, 100), (100, 100), (4321, 100000)] for a in (0.025, 0.005)],
    "oneRunChance": [[*given, float(one_run_chance(*given[:3], mp.mpf(given[3]), given[4]))] for given in chances],
    "oneRunBound": [[*given, float(one_run_bound(*given))] for given in runs],
    "delong": {"members": ties[0].tolist(), "nonMembers": ties[1].tolist(), **delong(*ties)},
    "likelihoodRatio": {"target": target.tolist(), "logits": logits.tolist(), "isIn": is_in.tolist(), "pooled": ratios(target, logits, is_in, True), "own": ratios(target, logits, is_in, False)},
}, indent=1) + "\n")
