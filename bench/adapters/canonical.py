"""Canonical arithmetic in binary32, to the bit, by NumPy alone: cpu/ARITHMETIC.md and cpu/FUNCTIONS.md, written down
again. Slow, and meant for small shapes: it shows from outside what the exact backends must compute.

NumPy's +, -, *, / and sqrt of float32 round once, and it keeps subnormal numbers. It has no fma, which is computed in
binary64 here.
"""

import numpy as np

from training import EPSILON, SHARE

F = np.float32
ZERO, HALF, ONE, TWO = F(0), F(0.5), F(1), F(2)
NAN, INFINITY = F("nan"), F("inf")
LEAKY_SLOPE = F(0.01)


def _constant(text):
    return F(float.fromhex(text))


def fma(a, b, c):
    """a b + c, rounded once.

    The product of two binary32 numbers is exact in binary64, the sum is not always. Its error e is computed by Knuth's
    TwoSum, and the sum is then rounded to odd: if it is inexact and its last bit is 0, it becomes its neighbour on the
    side of e. That sum has enough bits for the second rounding, to binary32, to give what one rounding of the exact
    value gives (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", IEEE Transactions on Computers 57,
    2008).
    """
    product = np.multiply(a, b, dtype=np.float64)
    addend = np.asarray(c, dtype=np.float64)
    total = np.asarray(product + addend)
    virtual = total - product
    error = (product - (total - virtual)) + (addend - virtual)
    inexact = (error > 0) | (error < 0)  # false for the NaN that infinities leave
    bits = total.view(np.int64)
    away = np.where((error > 0) == (total > 0), 1, -1)
    odd = np.where(inexact & (bits & 1 == 0), bits + away, bits)
    return odd.view(np.float64).astype(F)


def product(form, a, b, out):
    """Each element of `out` is its own chain of fma from +0, over ascending k."""
    left = np.ascontiguousarray(a if form == "ATB" else a.T, dtype=np.float64)  # k x m
    right = np.ascontiguousarray(b.T if form == "ABT" else b, dtype=np.float64)  # k x n
    sums = np.zeros(out.shape, dtype=F)
    for k in range(left.shape[0]):
        sums = fma(left[k, :, None], right[k, None, :], sums)
    out[...] = sums


# ---- Elementary functions ---------------------------------------------------------------------------------------

ROUNDING, LOG2_E = _constant("0x1.8p23"), _constant("0x1.715476p0")
LN2_HIGH, LN2_LOW = _constant("0x1.62e43p-1"), _constant("-0x1.05c61p-29")
SLOPE = [
    _constant(c) for c in ("0x1.695414p-10", "0x1.123b04p-7", "0x1.555a22p-5", "0x1.55549p-3", "0x1.fffffap-2", "0x1p0")
]
EXP_HIGHEST, EXP_LOWEST = _constant("0x1.64p6"), _constant("-0x1.ap6")
SMALLEST_NORMAL, NORMALIZING = _constant("0x1p-126"), _constant("0x1p23")
LOG_SIGNIFICAND = _constant("0x1.555556p-1")
LOG = [
    _constant(c)
    for c in (
        "-0x1.080f4ep-3", "0x1.1e77d6p-3", "-0x1.f30d5ep-4", "0x1.1ed37ep-3", "-0x1.559de8p-3", "0x1.99d064p-3",
        "-0x1.fffefp-3", "0x1.555506p-2", "-0x1p-1",
    )
]  # fmt: skip
TANH_SMALL, TANH_SATURATED = _constant("0x1.2p-1"), _constant("0x1.4p3")
TANH = [_constant(c) for c in ("-0x1.94bf44p-8", "0x1.58226p-6", "-0x1.b9075ap-5", "0x1.110c64p-3", "-0x1.555548p-2")]
GELU_LINEAR, GELU_CUBIC, GELU_SLOPE = (_constant(c) for c in ("0x1.988454p-1", "0x1.2444f2p-5", "0x1.b6676cp-4"))
GELU_SQUARE = F(400)

SIGN = np.int32(-(2**31))
EXPONENT = np.int32(-(2**23))  # the sign and the exponent


def bits(x):
    return np.asarray(x, dtype=F).view(np.int32)


def number(i):
    return np.asarray(i, dtype=np.int32).view(F)


def _power(n):
    return number((n + np.int32(127)) << np.int32(23))


def _horner(coefficients, x):
    """From the highest coefficient down, each step an fma."""
    p = coefficients[0]
    for c in coefficients[1:]:
        p = fma(p, x, c)
    return p


def _reduce(x, shifted):
    n = shifted - ROUNDING
    return fma(n, -LN2_LOW, fma(n, -LN2_HIGH, x))


def exp(x):
    c = np.where(x > EXP_HIGHEST, EXP_HIGHEST, x)
    c = np.where(c < EXP_LOWEST, EXP_LOWEST, c)
    shifted = fma(c, LOG2_E, ROUNDING)
    n = bits(shifted) - bits(ROUNDING)
    r = _reduce(c, shifted)
    y = fma(_horner(SLOPE, r), r, ONE)
    half = n >> np.int32(1)
    return np.where(np.isnan(x), NAN, (y * _power(half)) * _power(n - half))


def log(x):
    tiny = x < SMALLEST_NORMAL
    b = bits(np.where(tiny, x * NORMALIZING, x))
    exponent = (b - bits(LOG_SIGNIFICAND)) & EXPONENT
    m = number(b - exponent)
    k = number((exponent >> np.int32(23)) + bits(ROUNDING)) - ROUNDING
    k = np.where(tiny, k - F(23), k)
    f = m - ONE
    y = fma(_horner(LOG, f), f * f, f)
    y = fma(k, LN2_LOW, y)
    y = fma(k, LN2_HIGH, y)
    y = np.where(x == INFINITY, INFINITY, y)
    y = np.where(x == ZERO, -INFINITY, y)
    return np.where((x < ZERO) | np.isnan(x), NAN, y)


def tanh(x):
    a = number(bits(x) & ~SIGN)
    square = a * a
    small = fma(_horner(TANH, square), square * a, a)

    c = np.where(a > TANH_SATURATED, TANH_SATURATED, a)
    twice = c + c
    shifted = fma(twice, LOG2_E, ROUNDING)
    r = _reduce(twice, shifted)
    scale = _power(bits(shifted) - bits(ROUNDING))
    scaled = scale * r
    slope = _horner(SLOPE, r)
    base = scale + ONE
    d = fma(slope, scaled, base)
    lost = fma(slope, scaled, base - d)
    q = -TWO / d
    rest = fma(q, lost, fma(q, d, TWO))
    high = q + ONE
    low = (ONE - high) + q
    large = high + fma(q * HALF, rest, low)

    magnitude = np.where(a < TANH_SMALL, small, large)
    return np.where(np.isnan(x), NAN, number(bits(magnitude) | (bits(x) & SIGN)))


def sigmoid(x):
    e = exp(number(bits(x) | SIGN))
    d = ONE + e
    lost = e - (d - ONE)
    r = ONE / d
    rest = fma(-r, lost, fma(-r, d, ONE))
    n = np.where(x < ZERO, e, ONE)
    return np.where(np.isnan(x), NAN, fma(n, r, n * (r * rest)))


def _gelu_square(z):
    square = z * z
    return np.where(square > GELU_SQUARE, GELU_SQUARE, square)


def _gelu_tanh(z):
    return tanh(z * fma(GELU_CUBIC, _gelu_square(z), GELU_LINEAR))


def gelu(z):
    return (HALF * z) * (ONE + _gelu_tanh(z))


def gelu_slope(z):
    h = _gelu_tanh(z)
    inner = fma(GELU_SLOPE, _gelu_square(z), GELU_LINEAR)
    return fma((HALF * z) * fma(-h, h, ONE), inner, HALF * (ONE + h))


# ---- A step -----------------------------------------------------------------------------------------------------


class Canonical:
    """The operations of a training step, as numpy_backend.Training wants them."""

    real = F
    product = staticmethod(product)

    @staticmethod
    def activate(activation, z, out):
        if activation == "identity":
            out[...] = z
        elif activation == "relu":
            out[...] = np.where(z <= ZERO, ZERO, z)
        elif activation == "leaky-relu":
            out[...] = np.where(z > ZERO, z, LEAKY_SLOPE * z)
        else:
            out[...] = {"tanh": tanh, "sigmoid": sigmoid, "gelu": gelu}[activation](z)

    @staticmethod
    def derivative(activation, delta, a, z):
        """Multiplies the gradient by a layer's activations by the slope, in place."""
        if activation == "relu":
            delta[...] = np.where(a <= ZERO, ZERO, delta)
        elif activation == "leaky-relu":
            delta[...] = np.where(a > ZERO, delta, LEAKY_SLOPE * delta)
        elif activation == "tanh":
            delta *= fma(-a, a, ONE)
        elif activation == "sigmoid":
            delta *= a * (ONE - a)
        elif activation == "gelu":
            delta *= gelu_slope(z)

    @staticmethod
    def loss(loss, outputs, labels, delta):
        """Fills the gradient of the mean loss by the outputs; returns the loss of each row."""
        rows, classes = outputs.shape
        each = np.arange(rows)
        target = np.zeros_like(outputs)
        target[each, labels] = ONE
        scale = ONE / F(rows)
        total = np.zeros(rows, dtype=F)
        if loss == "squared-error":
            distance = outputs - target
            for c in range(classes):
                total = fma(distance[:, c], distance[:, c], total)
            delta[...] = distance * scale
            return total / TWO
        most = outputs[:, 0]
        for c in range(1, classes):
            most = np.where(outputs[:, c] > most, outputs[:, c], most)
        e = exp(outputs - most[:, None])
        for c in range(classes):
            total = total + e[:, c]
        delta[...] = (e / total[:, None] - target) * scale
        return log(total) - (outputs[each, labels] - most)

    @staticmethod
    def column_sums(delta, out):
        out[...] = ZERO
        for row in delta:
            out += row

    @staticmethod
    def statistics(x):
        """Mean and variance of each column."""
        rows, mean, variance = F(len(x)), np.zeros(x.shape[1], dtype=F), np.zeros(x.shape[1], dtype=F)
        for row in x:
            mean = mean + row
        mean = mean / rows
        for row in x:
            distance = row - mean
            variance = fma(distance, distance, variance)
        return mean, variance / rows

    @staticmethod
    def normalize(x, mean, variance):
        return (x - mean) * (ONE / np.sqrt(variance + F(EPSILON)))

    @staticmethod
    def normalization_gradient(delta, normal, variance, gain, of_bias, of_gain):
        """Fills the gradient by the gain; returns that by the products."""
        of_gain[...] = ZERO
        for row, factor in zip(delta, normal):
            of_gain[...] = fma(row, factor, of_gain)
        shared = fma(normal, of_gain, of_bias) / F(len(delta))
        return (gain * (ONE / np.sqrt(variance + F(EPSILON)))) * (delta - shared)

    @staticmethod
    def follow(running, statistics):
        """Moves running statistics towards those of a step, in place."""
        running[...] = fma(F(SHARE), statistics - running, running)

    @staticmethod
    def update(rule, settings, w, g, moments):
        """Changes a tensor and its moments in place; `settings` has rate, decay, epsilon, correction as binary32."""
        if settings.decay != 0:
            g = fma(settings.decay, w, g)
        if rule.rule == "sgd":
            direction = g
        elif rule.rule in ("momentum", "nesterov"):
            (v,) = moments
            v[...] = fma(F(rule.factor), v, g)
            direction = v if rule.rule == "momentum" else fma(F(rule.factor), v, g)
        else:
            m, v = moments
            m[...] = fma(F(rule.first), m, F(1 - rule.first) * g)
            v[...] = fma(F(rule.second), v, F(1 - rule.second) * (g * g))
            direction = m / (np.sqrt(v * settings.correction) + settings.epsilon)
        w[...] = fma(-settings.rate, direction, w)
