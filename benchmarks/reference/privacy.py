"""Reference values of the accountants.

    python benchmarks/reference/privacy.py

writes into packages/core/src/privacy/accounting/__fixtures__

probes.json: log A_alpha of the sampled Gaussian, by mpmath's tanh-sinh quadrature of the definition
E[f^alpha] with 60 digits, 40 of them sure; log A_alpha of Laplace from the closed form; and delta(epsilon) of
one Gaussian from Balle and Wang's (2018).

pld.json: for compositions of sampled Gaussians, what Google's dp-accounting finds with privacy loss
distributions rounded up and rounded down (the truth lies between), and `near`, an estimate of the truth
itself: losses rounded to the nearest of 2^22 multiples, shifted so that their mean is exact (Gopi, Lee and
Wutschitz 2021), added up by NumPy's FFT.
"""

import json
import warnings
from pathlib import Path

import mpmath as mp
import numpy as np
from dp_accounting.pld import privacy_loss_distribution as pld
from scipy.special import ndtr

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/privacy/accounting/__fixtures__"

mp.mp.dps = 60

# (q, z, alpha): sampling rate, noise multiplier, order.
PROBES = [
    (1e-7, 0.1, 1.01), (1e-6, 0.1, 256), (1e-5, 0.1, 256.1), (1e-6, 1, 27), (1e-4, 1, 1.5),
    (1e-3, 1, 2), (0.01, 10, 20), (0.1, 100, 20.5), (0.99, 0.1, 256), (0.999, 100, 256.1),
    (0.1, 1, 1.1), (0.4, 12, 58.5),
    (0.04, 1.5, 3.9), (0.01, 0.7, 2.3), (0.01, 0.35, 1.7), (0.5, 0.3, 1.02), (0.2, 0.5, 4.4),
    (1e-3, 0.05, 1.02), (1e-4, 0.02, 1.1), (0.3, 0.01, 1.02), (0.9, 0.02, 1.5), (1e-9, 2, 10.5),
    (1e-5, 0.7, 1.3), (0.9999, 1, 2.5), (0.001, 0.8, 17.25), (0.01, 1, 63.5), (0.01, 1, 500),
    (1e-3, 50, 5000.5), (0.05, 4, 150.75), (1e-3, 3, 40.2), (0.25, 0.15, 12.6), (1e-8, 0.25, 2.5),
    (0.6, 1000, 30000.5), (0.02, 7, 9), (0.07, 2, 33), (1e-5, 1, 255), (0.5, 0.6, 128),
    (1e-12, 0.5, 64), (0.03, 20, 256),
]  # fmt: skip
# (scale, order), and (z, epsilon).
LAPLACE_PROBES = [
    (1, 2), (0.5, 1.1), (4, 3.7), (100, 1.5), (1e4, 20), (1e6, 1.02), (0.01, 1000), (30, 1e5),
]  # fmt: skip
GAUSSIAN_PROBES = [
    (0.5, 3), (1, 0), (1, 1), (1, 3), (2, 2), (4.22467888932683, 1), (10, 0.5), (0.3, 25), (3, 4),
]  # fmt: skip


def log_moment(q, z, alpha):
    q, z, alpha = mp.mpf(q), mp.mpf(z), mp.mpf(alpha)

    def integrand(u):
        f = 1 - q + q * mp.e ** ((2 * z * u - 1) / (2 * z * z))
        return f**alpha * mp.npdf(u)

    # f vanishes at `middle` +- i pi z: pieces next to it are no longer than that.
    middle = 1 / (2 * z) + z * mp.log((1 - q) / q)
    low, high = mp.mpf(-17), alpha / z + 17
    edges = {low, high}
    edges.update(mp.mpf(u) for u in range(-16, int(high) + 1))
    edges.update(e for e in (middle + j * z for j in range(-40, 41)) if low < e < high)
    # What lies 60 orders of magnitude below the largest piece is left out.
    edges = sorted(edges)
    sizes = [mp.log(integrand(e)) for e in edges]
    largest = max(sizes)
    total, error = mp.mpf(0), mp.mpf(0)
    for i in range(len(edges) - 1):
        if max(sizes[i], sizes[i + 1]) < largest - 150:
            continue
        part, wrong = mp.quad(integrand, [edges[i], edges[i + 1]], error=True)
        total, error = total + part, error + wrong
    value = mp.log(total)
    assert error / total < mp.mpf("1e-40") * min(1, value), (q, z, alpha, error)
    return value


def laplace_log_moment(z, alpha):
    z, alpha = mp.mpf(z), mp.mpf(alpha)
    return mp.log(
        alpha / (2 * alpha - 1) * mp.e ** ((alpha - 1) / z)
        + (alpha - 1) / (2 * alpha - 1) * mp.e ** (-alpha / z)
    )


def gaussian_delta(z, epsilon):
    mu, epsilon = 1 / mp.mpf(z), mp.mpf(epsilon)
    return mp.ncdf(mu / 2 - epsilon / mu) - mp.e**epsilon * mp.ncdf(-mu / 2 - epsilon / mu)


# Each: uses (q, z, count), then the epsilons at which delta and the deltas at which epsilon is asked.
COMPOSITIONS = [
    [(1, 1, 1)],
    [(1, 4, 10)],
    [(0.2, 0.5, 3)],
    [(1, 3**0.5, 3)],
    [(0.01, 0.7, 120)],
    [(0.04, 1.5, 2250)],
    [(0.001, 0.8, 100)],
    [(0.9, 2, 20)],
    [(0.01, 1, 100), (0.05, 2, 50)],
    [(1, 10, 5), (0.1, 1.5, 20)],
    [(0.02, 0.9, 30), (0.02, 1.1, 30), (0.02, 1.3, 30)],
    [(0.3, 3, 10), (1, 6, 2), (0.005, 0.6, 200)],
    [(1e-3, 3, 1000), (0.5, 20, 40)],
    [(0.1, 5, 64), (0.2, 7, 32), (0.4, 9, 16), (0.8, 11, 8), (1, 13, 4)],
    [(0.05, 2, 100)],
    [(0.001, 3, 50000)],
    [(0.2, 1.5, 100)],
]
EPSILONS = [0, 1]
DELTAS = [1e-5, 1e-8]
# Below this delta the FFT's rounding may show in `near`.
LEAST_NEAR = 1e-7


def composition(uses, pessimistic):
    total = None
    for q, z, count in uses:
        one = pld.from_gaussian_mechanism(
            standard_deviation=z,
            pessimistic_estimate=pessimistic,
            value_discretization_interval=1e-4,
            sampling_prob=q,
            log_mass_truncation_bound=-60,
            use_connect_dots=pessimistic,
        )
        several = one.self_compose(count, tail_mass_truncation=1e-16)
        total = several if total is None else total.compose(several, tail_mass_truncation=1e-16)
    return total


def loss_masses(q, z, add, grid):
    """Masses at the grid's multiples of the loss of one use, and by how much their mean is too small."""
    step = grid[1] - grid[0]
    edges = np.append(grid - step / 2, grid[-1] + step / 2)
    signed = -edges[::-1] if add else edges
    with np.errstate(all="ignore"):
        if q == 1:
            w = signed
        else:
            large = signed - np.log(q) + np.log1p(-(1 - q) * np.exp(-signed))
            w = np.where(signed > 0, large, np.log1p(np.expm1(signed) / q))
    w = np.where(np.isnan(w), -np.inf, w)
    x = z * z * w + 0.5
    cdf = ndtr(x / z) if add else (1 - q) * ndtr(x / z) + q * ndtr((x - 1) / z)
    above = ndtr(-x / z) if add else (1 - q) * ndtr(-x / z) + q * ndtr((1 - x) / z)
    masses = np.where(cdf[1:] < 0.5, np.diff(cdf), -np.diff(above))
    if add:
        masses = masses[::-1]
    # Exact mean, by the trapezoid rule, which converges geometrically.
    u = np.arange(-12, 13 + 12 / z, 0.25 * min(1, z))
    t = u * z
    w = (2 * t - 1) / (2 * z * z)
    log_f = np.logaddexp(np.log1p(-q), np.log(q) + w) if q < 1 else w
    p = np.exp(-u * u / 2) / np.sqrt(2 * np.pi) * (u[1] - u[0])
    mean = (-(p * log_f)).sum() if add else (p * np.exp(log_f) * log_f).sum()
    return masses, mean - (masses * grid).sum()


def near(uses, span):
    """An estimate of delta(epsilon), the worse of both directions, as a function."""
    size = 2**22
    step = span / size
    index = np.arange(size) - size // 2
    grid = index * step
    curves = []
    for add in (False, True):
        transform, shift = 1, 0.0
        for q, z, count in uses:
            masses, late = loss_masses(q, z, add, grid)
            transform = transform * np.fft.rfft(np.fft.ifftshift(masses)) ** count
            shift += count * late
        total = np.fft.fftshift(np.fft.irfft(transform, size))
        losses = grid + shift

        def delta(epsilon, total=total, losses=losses):
            beyond = losses > epsilon
            return float((total[beyond] * -np.expm1(epsilon - losses[beyond])).sum())

        curves.append(delta)
    return lambda epsilon: max(curve(epsilon) for curve in curves)


def epsilon_near(curve, delta, high):
    low = 0.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if curve(middle) > delta else (low, middle)
    return high


def compositions():
    cases = []
    for uses in COMPOSITIONS:
        above, below = composition(uses, True), composition(uses, False)
        # Twice as wide as the losses of a sum that matter.
        span = 4 * above.get_epsilon_for_delta(1e-12) + 4
        curve = near(uses, span)
        cases.append(
            {
                "uses": [{"samplingRate": q, "noiseMultiplier": z, "count": n} for q, z, n in uses],
                "deltas": [
                    {
                        "epsilon": e,
                        "low": below.get_delta_for_epsilon(e),
                        "near": d if (d := curve(e)) > LEAST_NEAR else None,
                        "high": above.get_delta_for_epsilon(e),
                    }
                    for e in EPSILONS
                ],
                "epsilons": [
                    {
                        "delta": d,
                        "low": below.get_epsilon_for_delta(d),
                        "near": epsilon_near(curve, d, span / 2) if d > LEAST_NEAR else None,
                        "high": above.get_epsilon_for_delta(d),
                    }
                    for d in DELTAS
                ],
            }
        )
    return cases


def main():
    OUT.mkdir(exist_ok=True)
    probes = {
        "sampledGaussian": [
            {"samplingRate": q, "noiseMultiplier": z, "order": a, "logMoment": mp.nstr(log_moment(q, z, a), 40)}
            for q, z, a in PROBES
        ],
        "laplace": [
            {"noiseMultiplier": z, "order": a, "logMoment": mp.nstr(laplace_log_moment(z, a), 40)}
            for z, a in LAPLACE_PROBES
        ],
        "gaussianDelta": [
            {"noiseMultiplier": z, "epsilon": e, "delta": mp.nstr(gaussian_delta(z, e), 40)}
            for z, e in GAUSSIAN_PROBES
        ],
    }
    (OUT / "probes.json").write_text(json.dumps(probes, indent=2) + "\n")
    warnings.simplefilter("ignore")
    (OUT / "pld.json").write_text(json.dumps(compositions(), indent=2) + "\n")


if __name__ == "__main__":
    main()
