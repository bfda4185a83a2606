"""The initial parameters of a scenario, by cpu/DRAWS.md."""

import math

import numpy as np

from draws import PERTURBATION, WEIGHTS, normal, uniform
from training import Tensors, Unsupported

VARIANCE = {  # of an element, by inputs and units of its layer
    "glorot": lambda a, b: 2 / (a + b),
    "he": lambda a, b: 2 / a,
    "lecun": lambda a, b: 1 / a,
}


def draw(text, sizes, seed, normalization):
    """All parameters in binary32. `text` is the scenario's `initialization`."""
    weights = [_weights(text, layer, sizes, seed) for layer in range(len(sizes) - 1)]
    drawn = Tensors(weights, [np.zeros(units) for units in sizes[1:]])
    if normalization == "batch":
        drawn.gains = [np.ones(units) for units in sizes[1:-1]]
        drawn.means = [np.zeros(units) for units in sizes[1:-1]]
        drawn.variances = [np.ones(units) for units in sizes[1:-1]]
    return drawn.map(lambda array: array.astype(np.float32))


def _weights(text, layer, sizes, seed):
    kind, _, argument = text.partition(":")
    a, b = sizes[layer], sizes[layer + 1]
    index = np.arange(a * b, dtype=np.uint64).reshape(a, b)
    if kind == "zero":
        return np.zeros((a, b))
    if kind == "constant":
        return np.full((a, b), float(argument))
    if kind == "uniform":
        return float(argument) * _symmetric(seed, layer, index)
    if kind == "normal":
        return float(argument) * normal(seed, WEIGHTS, layer, index)
    if kind == "equal":
        return _groups(layer, sizes, seed, lambda units: [units])
    if kind == "copies":
        random = _weights(argument or "glorot-uniform", layer, sizes, seed).astype(np.float32).astype(np.float64)
        rows = random if layer == 0 else np.repeat(random[:1] / math.sqrt(a), a, axis=0)
        return rows if layer == len(sizes) - 2 else np.repeat(rows[:, :1], b, axis=1)
    if kind == "groups":
        return _groups(layer, sizes, seed, lambda units: [int(n) for n in argument.split("+")])
    if kind == "perturbed":
        equal = _groups(layer, sizes, seed, lambda units: [units])
        return equal + float(argument) * normal(seed, PERTURBATION, layer, index)
    if kind == "hadamard":
        return _hadamard(a, b)
    if kind == "identity":
        return np.eye(a) if a == b else _hadamard(a, b)
    if kind == "orthogonal":
        return _orthogonal(a, b, lambda tall: normal(seed, WEIGHTS, layer, np.arange(a * b)).reshape(tall, -1))
    name, _, distribution = kind.partition("-")
    if name in VARIANCE and distribution == "uniform":
        return math.sqrt(3 * VARIANCE[name](a, b)) * _symmetric(seed, layer, index)
    if name in VARIANCE and distribution == "normal":
        return math.sqrt(VARIANCE[name](a, b)) * normal(seed, WEIGHTS, layer, index)
    raise Unsupported("initialization " + kind)


def _symmetric(seed, layer, index):
    """From [-1, 1)."""
    return 2 * uniform(seed, WEIGHTS, layer, index) - 1


def _groups(layer, sizes, seed, of_units):
    """One unit a group is drawn, and repeated."""
    source = [1] * sizes[0] if layer == 0 else of_units(sizes[layer])
    target = [1] * sizes[-1] if layer == len(sizes) - 2 else of_units(sizes[layer + 1])
    index = np.arange(len(source) * len(target), dtype=np.uint64).reshape(len(source), len(target))
    drawn = math.sqrt(3 * VARIANCE["glorot"](len(source), len(target))) * _symmetric(seed, layer, index)
    narrow = drawn / np.array(source)[:, None]
    return np.repeat(np.repeat(narrow, source, axis=0), target, axis=1)


def _hadamard(a, b):
    fewer, more = min(a, b), max(a, b)
    powers = [1 << e for e in range(more.bit_length()) if 1 << e < more]
    others = (n for n in range(2 * more + 1) if bin(n).count("1") != 1)
    numbers = powers[:fewer]
    while len(numbers) < fewer:
        numbers.append(next(others))
    rows, columns = (numbers, range(b)) if b >= a else (range(a), numbers)
    common = np.array(rows)[:, None] & np.array(columns)[None, :]
    odd = np.zeros_like(common)
    while common.any():
        odd ^= common & 1
        common >>= 1
    return np.where(odd == 1, -1.0, 1.0) * (1 / math.sqrt(a))


def _orthogonal(a, b, drawn):
    """Q of the decomposition by Householder reflections; sums ascend."""
    tall, slim = max(a, b), min(a, b)
    r = drawn(tall)
    signs, reflections = np.ones(slim), []
    for j in range(slim):
        most = np.abs(r[j:, j]).max()
        x = r[j:, j] / most
        tau = math.sqrt(np.add.accumulate(x * x)[-1])
        tau = -tau if x[0] < 0 else tau
        u = x / (x[0] + tau)
        u[0] = 1
        reflections.append((u, (x[0] + tau) / tau))
        signs[j] = -1 if -(tau * most) < 0 else 1
        _reflect(*reflections[-1], r[j:, j + 1 :])
    q = np.eye(tall, slim)
    for j in range(slim - 1, -1, -1):
        _reflect(*reflections[j], q[j:, j:])
    q *= signs
    return q if a >= b else q.T


def _reflect(u, gamma, columns):
    p = columns[0].copy()
    for k in range(1, len(u)):
        p += u[k] * columns[k]
    p *= gamma
    columns -= u[:, None] * p
