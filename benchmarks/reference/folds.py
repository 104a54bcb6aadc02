"""Reference values of the corrected resampled t.

    python benchmarks/reference/folds.py

writes packages/core/src/stats/__fixtures__/folds.json: standard error, 95 % interval and two-sided p of
the mean over folds, variance s^2 (1 / F + n_test / n_train) after averaging the seeds of each fold
(Nadeau and Bengio 2003), with Student's t from SciPy.
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/stats/__fixtures__/folds.json"


def corrected(values, of, ratio):
    values, of = np.array(values), np.array(of)
    folds = np.array([values[of == f].mean() for f in np.unique(of)])
    error = np.sqrt(folds.var(ddof=1) * (1 / len(folds) + ratio))
    t = stats.t(df=len(folds) - 1, loc=folds.mean(), scale=error)
    low, high = t.interval(0.95)
    p = 2 * stats.t.sf(abs(folds.mean()) / error, len(folds) - 1)
    return {"standardError": error, "degrees": len(folds) - 1, "low": low, "high": high, "p": p}


def main():
    rng = np.random.default_rng(20)
    cases = []
    for folds, repeats, ratio in [(5, 1, 1 / 4), (5, 3, 1 / 3), (10, 1, 1 / 8), (3, 2, 1.0), (5, 3, 0.2778)]:
        of = [seed % folds for seed in range(folds * repeats)]
        level = rng.normal(size=folds)
        values = [0.02 + 0.01 * level[f] + 0.003 * rng.normal() for f in of]
        cases.append({"values": values, "of": of, "testToTrain": ratio, **corrected(values, of, ratio)})
    text = json.dumps({"scipy": scipy.__version__, "cases": cases}, indent=2)
    OUT.write_text(text + "\n")


main()
