"""Writes quantiles.json: quantiles at 40 digits by mpmath, rounded to doubles. `python3 quantiles.py`."""
import json
from mpmath import mp, mpf, gammainc, gamma, findroot, log, exp, nsum, inf, zeta, loggamma

mp.dps = 60
US = [1e-12, 1e-6, 0.001, 0.1, 0.3, 0.499999, 0.5, 0.7, 0.9, 0.999, 1 - 1e-6, 1 - 1e-9, 1 - 2.0**-50]

def gamma_quantile(k, u):
    k, u = mpf(k), mpf(u)
    def cdf(x):
        return gammainc(k, 0, x, regularized=True)
    low, high = mpf(-4000), log(k + 60 + 12 * mp.sqrt(k) * 12)
    for _ in range(190):  # in log x
        mid = (low + high) / 2
        if cdf(exp(mid)) < u: low = mid
        else: high = mid
    return exp(low)

rows = []
for shape in [0.1, 0.5, 0.9, 1.5, 2, 7, 20.25, 300, 1000]:
    rows.append({"kind": "gamma", "shape": shape, "mean": shape, "values": [[u, float(gamma_quantile(shape, u))] for u in US]})
for shape in [0.1, 0.7, 1, 3, 1000]:
    scale = 1 / gamma(1 + 1 / mpf(shape))
    rows.append({"kind": "weibull", "shape": shape, "mean": 1,
                 "values": [[u, float(scale * mp.power(-log(1 - mpf(u)), 1 / mpf(shape)))] for u in US],
                 "scv": float(gamma(1 + 2 / mpf(shape)) / gamma(1 + 1 / mpf(shape)) ** 2 - 1)})

def discrete(weight, first, u):
    total = mpf(0); k = first
    while True:
        total += weight(k)
        if total > u: return k
        k += 1

for mean in [1.5, 12, 400]:
    more = mpf(mean) - 1
    pmf = lambda n: exp((n - 1) * log(more) - more - loggamma(n))
    rows.append({"kind": "poisson", "mean": mean, "values": [[u, discrete(pmf, 1, mpf(u))] for u in US[:-1]]})
for s, m in [(0, 997), (1.1, 1000), (2.5, 50)]:
    total = sum(mp.power(k, -mpf(s)) for k in range(1, m + 1))
    first = sum(mp.power(k, 1 - mpf(s)) for k in range(1, m + 1)) / total
    second = sum(mp.power(k, 2 - mpf(s)) for k in range(1, m + 1)) / total
    rows.append({"kind": "zipf", "exponent": s, "max": m, "mean": float(first), "scv": float(second / first**2 - 1),
                 "values": [[u, discrete(lambda k: mp.power(k, -mpf(s)) / total, 1, mpf(u))] for u in US[:-1]]})
print(json.dumps(rows))
