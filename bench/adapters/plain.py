"""The operations of a training step in plain NumPy, in one precision throughout: cpu/ARITHMETIC.md in any order of
summation. In place, so that a step allocates little. Constants are numbers of that precision: a Python float would do
for arrays, but a float64 scalar of NumPy would turn float32 arrays into float64."""

import numpy as np

from training import EPSILON, SHARE

GELU_SQUARE = 400  # squares are cut off here, so that every finite z has a finite slope


class Plain:
    """The operations of a training step, as numpy_training.Training wants them."""

    def __init__(self, real):
        self.real = real
        self.leaky_slope = real(np.float32(0.01))
        self.epsilon, self.share = real(EPSILON), real(SHARE)
        linear = np.sqrt(2 / np.pi)
        self.gelu_linear, self.gelu_cubic = real(linear), real(0.044715 * linear)
        self.gelu_slope = real(3 * 0.044715 * linear)

    def product(self, form, a, b, out):
        np.matmul(a.T if form == "ATB" else a, b.T if form == "ABT" else b, out=out)

    def activate(self, activation, z, out):
        """`out` may be z, except for GELU."""
        one, half = self.real(1), self.real(0.5)
        if activation == "identity":
            if out is not z:
                out[...] = z
        elif activation == "relu":
            np.maximum(z, self.real(0), out=out)
        elif activation == "leaky-relu":
            np.maximum(z, self.leaky_slope * z, out=out)
        elif activation == "tanh":
            np.tanh(z, out=out)
        elif activation == "sigmoid":
            np.negative(z, out=out)
            np.exp(out, out=out)
            out += one
            np.reciprocal(out, out=out)
        elif activation == "gelu":
            self._gelu_tanh(z, out)
            out += one
            out *= z
            out *= half

    def derivative(self, activation, delta, a, z):
        """Multiplies the gradient by a layer's activations by the slope, in place."""
        one, half = self.real(1), self.real(0.5)
        if activation == "relu":
            delta *= a > 0  # many times as fast as a select, and the same for finite numbers
        elif activation == "leaky-relu":
            np.multiply(delta, self.leaky_slope, out=delta, where=~(a > 0))
        elif activation == "tanh":
            delta *= one - a * a
        elif activation == "sigmoid":
            delta *= a * (one - a)
        elif activation == "gelu":
            h = self._gelu_tanh(z, np.empty_like(z))
            inner = self._gelu_square(z)
            inner *= self.gelu_slope
            inner += self.gelu_linear
            inner *= half * z * (one - h * h)
            inner += half * (one + h)
            delta *= inner

    def _gelu_square(self, z):
        square = z * z
        return np.minimum(square, self.real(GELU_SQUARE), out=square)

    def _gelu_tanh(self, z, out):
        np.multiply(self._gelu_square(z), self.gelu_cubic, out=out)
        out += self.gelu_linear
        out *= z
        return np.tanh(out, out=out)

    def loss(self, loss, outputs, labels, delta):
        """Fills the gradient of the mean loss by the outputs; returns the loss of each row."""
        rows = len(outputs)
        each = np.arange(rows)
        one = self.real(1)
        if loss == "squared-error":
            delta[...] = outputs
            delta[each, labels] -= one
            losses = np.einsum("ij,ij->i", delta, delta) * self.real(0.5)
        else:
            np.subtract(outputs, outputs.max(axis=1, keepdims=True), out=delta)
            chosen = delta[each, labels]
            np.exp(delta, out=delta)
            total = delta.sum(axis=1)
            losses = np.log(total) - chosen
            delta /= total[:, None]
            delta[each, labels] -= one
        delta *= one / self.real(rows)
        return losses

    def column_sums(self, delta, out):
        np.sum(delta, axis=0, out=out)

    def statistics(self, x):
        """Mean and variance of each column."""
        return x.mean(axis=0), x.var(axis=0)

    def normalize(self, x, mean, variance):
        normal = x - mean
        normal *= self.real(1) / np.sqrt(variance + self.epsilon)
        return normal

    def normalization_gradient(self, delta, normal, variance, gain, of_bias, of_gain):
        """Fills the gradient by the gain; returns that by the products."""
        np.sum(delta * normal, axis=0, out=of_gain)
        gradient = normal * of_gain
        gradient += of_bias
        gradient /= self.real(-len(delta))
        gradient += delta
        gradient *= gain / np.sqrt(variance + self.epsilon)
        return gradient

    def follow(self, running, statistics):
        """Moves running statistics towards those of a step, in place."""
        running += self.share * (statistics - running)

    def update(self, rule, settings, w, g, moments):
        """Changes a tensor, its gradient and its moments in place."""
        if settings.decay != 0:
            g += settings.decay * w
        if rule.rule == "sgd":
            g *= settings.rate
            w -= g
            return
        if rule.rule in ("momentum", "nesterov"):
            (v,) = moments
            factor = self.real(rule.factor)
            v *= factor
            v += g
            w -= settings.rate * (v if rule.rule == "momentum" else factor * v + g)
            return
        m, v = moments
        m *= self.real(rule.first)
        m += self.real(np.float32(1 - rule.first)) * g
        v *= self.real(rule.second)
        g *= g
        g *= self.real(np.float32(1 - rule.second))
        v += g
        np.multiply(v, settings.correction, out=g)
        np.sqrt(g, out=g)
        g += settings.epsilon
        np.divide(m, g, out=g)
        g *= settings.rate
        w -= g
