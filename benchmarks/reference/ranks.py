"""Reference values of rank tests and of effect sizes from SciPy and plain NumPy.

    python benchmarks/reference/ranks.py

writes packages/core/src/stats/__fixtures__/ranks.json. SciPy has no exact signed-rank test of tied
differences, so all signs are counted; it has Friedman's chi^2 but not Iman and Davenport's F.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

OUT = Path(__file__).resolve().parents[2] / "packages/core/src/stats/__fixtures__/ranks.json"
rng = np.random.default_rng(7)
out = {"scipy": scipy.__version__, "numpy": np.__version__}
w = []
for n in (3, 5, 6, 9, 14, 25, 40):
    d = np.round(rng.normal(0.3, 1, n), 6)
    r = stats.wilcoxon(d, method="exact", correction=False)
    pos = stats.wilcoxon(d, alternative="greater", method="exact").statistic
    w.append(dict(differences=d.tolist(), positive=float(pos), p=float(r.pvalue)))
# ties: all signs counted
for n in (6, 8, 11):
    d = rng.integers(-3, 5, n).astype(float)
    k = d[d != 0]
    ranks = stats.rankdata(abs(k))
    pos = ranks[k > 0].sum()
    tot = ranks.sum()
    far = abs(pos - tot / 2)
    cnt = sum(abs(np.dot(s, ranks) - tot / 2) >= far - 1e-9 for s in itertools.product((0, 1), repeat=len(k)))
    w.append(dict(differences=d.tolist(), positive=float(pos), p=cnt / 2 ** len(k)))
for n in (80, 150):
    d = np.round(rng.normal(0.1, 1, n), 1)
    r = stats.wilcoxon(d, method="approx", correction=False)
    pos = stats.wilcoxon(d, alternative="greater", method="approx").statistic
    w.append(dict(differences=d.tolist(), positive=float(pos), p=float(r.pvalue)))
out["wilcoxon"] = w
f = []
for n, k, dig in ((4, 3, 6), (6, 5, 6), (12, 4, 1), (20, 7, 6)):
    x = np.round(rng.normal(0, 1, (n, k)) + 0.25 * np.arange(k), dig)
    ranks = np.array([stats.rankdata(-row) for row in x])
    chi = stats.friedmanchisquare(*x.T).statistic
    F = (n - 1) * chi / (n * (k - 1) - chi)
    f.append(
        dict(
            places=x.tolist(), ranks=ranks.mean(0).tolist(), p=float(stats.f.sf(F, k - 1, (k - 1) * (n - 1)))
        )
    )
out["friedman"] = f
out["nemenyi"] = [
    dict(
        k=k,
        n=n,
        difference=float(
            stats.studentized_range.ppf(0.95, k, np.inf) / np.sqrt(2) * np.sqrt(k * (k + 1) / (6 * n))
        ),
    )
    for k, n in ((2, 5), (3, 7), (4, 14), (10, 30), (25, 12))
]
out["normal"] = [
    dict(z=z, below=float(stats.norm.cdf(z)))
    for z in (-30, -8, -6, -3.5, -3, -1.96, -0.4, 0, 0.5, 2.9, 3.1, 7)
]
# Paired differences of one client's users, averaged over seeds.
e = []
for n, s in ((7, 1), (30, 3)):
    a = np.round(rng.normal(1, 1, (s, n)), 6)
    b = np.round(a * 0.5 + rng.normal(0.2, 1, (s, n)), 6)
    d = (a - b).mean(0)
    e.append(
        dict(
            a=a.tolist(),
            b=b.tolist(),
            effect=float(d.mean() / d.std(ddof=1)),
            gain=float(100 * (a.mean() - b.mean()) / abs(b.mean())),
            t=float(stats.ttest_rel(a.mean(0), b.mean(0)).statistic),
        )
    )
out["effects"] = e
OUT.write_text(json.dumps(out) + "\n")
