"""What a scenario draws from its seed, by cpu/DRAWS.md: random numbers, the order of the rows, noise, rates and
synthetic data. Initial parameters are in initial_parameters.py. Written from that page alone, as a check on Lockstep's
own draws."""

import functools
import math
from fractions import Fraction

import numpy as np

import fdlibm
from training import Optimizer, Setting, Steps, Unsupported

WEIGHTS, PERTURBATION, SHUFFLE, TEACHER, UNIT_NOISE = 0, 1, 2, 3, 6  # streams

_WORD = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


def philox(seed, stream, layer, index):
    """The 64-bit words a and b of the positions `index`."""
    index = np.asarray(index, dtype=np.uint64)
    x0, x1 = index & _WORD, index >> _32
    x2, x3 = np.full_like(index, layer), np.full_like(index, stream)
    k0, k1 = seed & 0xFFFFFFFF, seed >> 32 & 0xFFFFFFFF
    for _ in range(10):
        p, q = x0 * np.uint64(0xD2511F53), x2 * np.uint64(0xCD9E8D57)
        x0, x1, x2, x3 = (q >> _32) ^ x1 ^ np.uint64(k0), q & _WORD, (p >> _32) ^ x3 ^ np.uint64(k1), p & _WORD
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return x1 << _32 | x0, x3 << _32 | x2


def uniform(seed, stream, layer, index):
    a, _ = philox(seed, stream, layer, index)
    return (a >> np.uint64(11)) * 2.0**-53


def normal(seed, stream, layer, index):
    a, b = philox(seed, stream, layer, index)
    radial = ((a >> np.uint64(11)) + np.uint64(1)) * 2.0**-53
    angular = (b >> np.uint64(11)) * 2.0**-53
    return np.sqrt(-2.0 * fdlibm.log(radial)) * fdlibm.cos(2 * math.pi * angular)


@functools.lru_cache(maxsize=4)
def order(seed, epoch, rows):
    """The order of an epoch's rows."""
    epoch &= 2**64 - 1
    numbers = np.arange(max(64, 2 * rows), dtype=np.uint64) | np.uint64(epoch >> 32 << 32)
    words, _ = philox(seed, SHUFFLE, epoch & 0xFFFFFFFF, numbers)
    draws = iter(words.tolist())
    result = list(range(rows))
    for i in range(rows - 1, 0, -1):
        product = next(draws) * (i + 1)
        while product & (2**64 - 1) < 2**64 % (i + 1):
            product = next(draws) * (i + 1)
        j = product >> 64
        result[i], result[j] = result[j], result[i]
    return np.array(result, dtype=np.int32)


def rows_of_step(seed, rows, batch, step):
    epoch, place = divmod(step, rows // batch)
    return order(seed, epoch, rows)[place * batch : (place + 1) * batch]


def unit_noise(seed, deviation, layer, units, first, count):
    """A row of noise for each of `count` steps."""
    index = np.arange(first * units, (first + count) * units, dtype=np.uint64)
    return (deviation * normal(seed, UNIT_NOISE, layer, index)).astype(np.float32).reshape(count, units)


def teacher(inputs, classes, seed):
    """Training features and labels, then test features and labels."""
    train_rows, rows, hidden = 2048, 2048 + 512, 32
    u = uniform(seed, TEACHER, 0, np.arange(rows * inputs)).reshape(rows, inputs)
    features = (np.floor(512 * u) - 256) / 256
    w = normal(seed, TEACHER, 1, np.arange(inputs * hidden)).reshape(inputs, hidden)
    v = normal(seed, TEACHER, 2, np.arange(hidden * classes)).reshape(hidden, classes)
    a = np.tanh(_ascending(features, w) * (3 / math.sqrt(inputs)))
    labels = np.argmax(_ascending(a, v), axis=1).astype(np.int32)
    features = features.astype(np.float32)
    return features[:train_rows], labels[:train_rows], features[train_rows:], labels[train_rows:]


def _ascending(x, w):
    """x W, where each sum ascends."""
    sums = np.zeros((len(x), w.shape[1]))
    for i in range(w.shape[0]):
        sums += x[:, i, None] * w[i]
    return sums


# ---- Rates ------------------------------------------------------------------------------------------------------


def binary32(text):
    """A decimal number rounded once to binary32, as a float."""
    exact = Fraction(text.strip())
    number = float(exact)
    bits = int(np.float64(number).view(np.int64))
    if Fraction(number) != exact and bits % 2 == 0:  # round to odd, so that the next rounding is the only one
        away = (exact > Fraction(number)) == (number > 0)
        number = float(np.int64(bits + (1 if away else -1)).view(np.float64))
    return float(np.float32(number))


def optimizer(scenario, sizes):
    """The rule of a scenario with the settings of each layer."""
    rule, *numbers = str(scenario.get("optimizer", "sgd")).split(":")
    numbers = [binary32(n) for n in numbers]
    known, epsilon = {}, 0.0
    if rule in ("momentum", "nesterov"):
        known["factor"] = numbers[0]
    elif rule == "adam":
        known["first"], known["second"], epsilon = numbers or [binary32(n) for n in ("0.9", "0.999", "1e-8")]
    elif rule != "sgd":
        raise Unsupported("optimizer " + rule)
    decay = float(scenario.get("weight-decay", 0))
    text = str(scenario["learning-rate"])
    layers = len(sizes) - 1
    weights, biases = [], []
    for layer in range(layers):
        if text.startswith("quotient:"):
            rate = float(text[len("quotient:") :])
            a = 1 if layer == 0 else sizes[layer]
            b = 1 if layer == layers - 1 else sizes[layer + 1]
            scaled = (rate / a, rate) if rule == "adam" else (rate * b / a, rate * b)
            weights.append(_setting(scaled[0], decay * a / b, epsilon / b))
            biases.append(_setting(scaled[1], 0, epsilon / b))
        else:
            rates = [float(r) for r in text.split(",")]
            rate = rates[0] if len(rates) == 1 else rates[layer]
            weights.append(_setting(rate, decay, epsilon))
            biases.append(_setting(rate, 0, epsilon))
    gains = biases[:-1] if scenario.get("normalization", "none") == "batch" else []
    return Optimizer(rule, weights, biases, gains=gains, **known)


def _setting(*numbers):
    return Setting(*(float(np.float32(n)) for n in numbers))


def _schedule(text, step):
    kind, *numbers = text.split(":")
    if kind == "constant":
        return 1.0
    steps = int(numbers[0])
    if kind == "step":
        return math.pow(float(numbers[1]), step // steps)
    if kind == "cosine":
        return (1 + float(fdlibm.cos(math.pi * step / steps))) / 2 if step < steps else 0.0
    raise Unsupported("schedule " + kind)


def rate_factors(scenario, rule, first, count):
    """For each step the factor of all rates, and Adam's correction of the second moment."""
    text = str(scenario.get("schedule", "constant"))
    factors, corrections = [], []
    first_power = second_power = 1.0
    for step in range(first + count):
        first_power *= rule.first
        second_power *= rule.second
        if step >= first:
            factor = _schedule(text, step)
            adam = rule.rule == "adam"
            factors.append(float(np.float32(factor / (1 - first_power) if adam else factor)))
            corrections.append(float(np.float32(1 / (1 - second_power) if adam else 1)))
    return factors, corrections


def steps(scenario, rule, sizes, rows, first, count):
    """All that coming steps need."""
    seed, batch, deviation = scenario["seed"], scenario["batch"], float(scenario.get("noise", 0))
    table = [rows_of_step(seed, rows, batch, t) for t in range(first, first + count)]
    noise = []
    if deviation != 0:
        noise = [unit_noise(seed, deviation, layer, units, first, count) for layer, units in enumerate(sizes[1:-1])]
    factors, corrections = rate_factors(scenario, rule, first, count)
    return Steps(first, np.array(table, dtype=np.int32).reshape(count, batch), noise, factors, corrections)
