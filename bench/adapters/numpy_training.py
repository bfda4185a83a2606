"""The training step in NumPy. The arithmetic is that of plain.py (float32 and float64) or canonical.py."""

import ctypes
import os
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

import lockstep_program
from canonical import Canonical
from plain import Plain


@dataclass
class Update:
    """The numbers that one tensor is updated with in one step, in the precision of the training."""

    rate: Any
    decay: Any
    epsilon: Any
    correction: Any


@dataclass
class Normalized:
    """What batch normalization finds in a layer: the statistics of its products, and these normalized."""

    mean: Any
    variance: Any
    products: Any


class Training(lockstep_program.Backend):
    def __init__(self, precision, hello):
        np.seterr(all="ignore")  # infinities and NaN are results like others here
        self.precision = precision
        self.threads = hello["threads"]
        self.arithmetic = {"fp32": Plain(np.float32), "fp64": Plain(np.float64), "canonical": Canonical}[precision]
        self.real = self.arithmetic.real

    def describe(self):
        blas = _loaded_blas()
        single = self.precision == "canonical" or blas and all(os.path.basename(b).startswith("libblas.") for b in blas)
        return {
            "name": "NumPy",
            "version": np.__version__,
            "device": "cpu",
            "threads": 1 if single else self.threads,
            "normalizations": ["batch"],
            "environment": _environment(blas),
        }

    def open(self, training):
        rows, sizes = training.batch, training.sizes
        self.features = np.ascontiguousarray(training.train_features, dtype=self.real)
        self.input = np.empty((rows, sizes[0]), dtype=self.real)
        self.z, self.a = self._outputs(rows)
        self.deltas = [np.empty((rows, units), dtype=self.real) for units in sizes[1:]]
        self.gradients = training.learned_shapes.map(lambda shape: np.empty(shape, self.real))
        self.normalized = {}  # by layer, what its batch normalization found in the batch

    def _outputs(self, rows):
        """Arrays for z and a of each layer: one for both where nothing needs z once a is known."""
        z = [np.empty((rows, units), dtype=self.real) for units in self.training.sizes[1:]]
        a = [np.empty_like(x) if self.training.activation == "gelu" else x for x in z[:-1]]
        return z, a + z[-1:]

    def _copy(self, tensors):
        return tensors.map(lambda array: array.astype(self.real))

    def load(self, parameters, moments):
        self.current = self._copy(parameters)
        self.kept = [self._copy(m) for m in moments]
        if not moments:
            shapes = self.training.learned_shapes
            self.kept = [
                shapes.map(lambda shape: np.zeros(shape, self.real)) for _ in range(self.training.optimizer.moments)
            ]

    def run(self, first, count):
        losses, stopped = [], self.stopped
        start = time.perf_counter()
        for step in range(first, first + count):
            losses.append(self._forward(step))
            stopped = stopped or not np.isfinite(losses[-1])
            if not stopped:
                self._backward()
                self._update(step)
        return losses, time.perf_counter() - start

    def probe(self, step):
        start = time.perf_counter()
        loss = self._forward(step)
        self._backward()
        gradients = self._copy(self.gradients)  # an update may use them as scratch memory
        if not self.stopped and np.isfinite(loss):
            self._update(step)
        return loss, time.perf_counter() - start, self.a, self.deltas, gradients

    def _forward(self, step):
        steps, training = self.steps, self.training
        index = steps.index(step)
        rows = steps.rows[index]
        np.take(self.features, rows, axis=0, out=self.input, mode="clip")  # "raise" would copy
        biases = list(self.current.biases)
        for layer, noise in enumerate(steps.noise):
            biases[layer] = biases[layer] + noise[index].astype(self.real)
        outputs = self._layers(self.input, biases, self.z, self.a, self._by_batch)
        return _mean(self.arithmetic.loss(training.loss, outputs, training.train_labels[rows], self.deltas[-1]))

    def _layers(self, below, biases, z, a, normalize):
        for layer, (weights, bias) in enumerate(zip(self.current.weights, biases)):
            self.arithmetic.product("AB", below, weights, z[layer])
            if layer < len(self.current.gains):
                np.multiply(self.current.gains[layer], normalize(layer, z[layer]), out=z[layer])
            z[layer] += bias
            if layer < len(biases) - 1:  # the output layer is linear
                self.arithmetic.activate(self.training.activation, z[layer], a[layer])
            below = a[layer]
        return below

    def _by_batch(self, layer, x):
        mean, variance = self.arithmetic.statistics(x)
        self.normalized[layer] = Normalized(mean, variance, self.arithmetic.normalize(x, mean, variance))
        return self.normalized[layer].products

    def _by_running(self, layer, x):
        return self.arithmetic.normalize(x, self.current.means[layer], self.current.variances[layer])

    def _backward(self):
        for layer in range(self.training.layers - 1, -1, -1):
            delta = self.deltas[layer]
            self.arithmetic.column_sums(delta, self.gradients.biases[layer])
            if layer in self.normalized:
                delta = self._normalization_gradient(layer, delta)
            self.arithmetic.product(
                "ATB", self.a[layer - 1] if layer else self.input, delta, self.gradients.weights[layer]
            )
            if layer:
                below = self.deltas[layer - 1]
                self.arithmetic.product("ABT", delta, self.current.weights[layer], below)
                self.arithmetic.derivative(self.training.activation, below, self.a[layer - 1], self.z[layer - 1])

    def _normalization_gradient(self, layer, delta):
        normalized, gradients = self.normalized[layer], self.gradients
        return self.arithmetic.normalization_gradient(
            delta,
            normalized.products,
            normalized.variance,
            self.current.gains[layer],
            gradients.biases[layer],
            gradients.gains[layer],
        )

    def _update(self, step):
        rule = self.training.optimizer
        correction = self.real(self.steps.corrections[self.steps.index(step)])
        for kind in ("weights", "biases", "gains"):
            for layer, setting in enumerate(getattr(rule, kind)):
                update = Update(
                    self.real(self.steps.rate(setting, step)),
                    self.real(setting.decay),
                    self.real(setting.epsilon),
                    correction,
                )
                w, g = getattr(self.current, kind)[layer], getattr(self.gradients, kind)[layer]
                self.arithmetic.update(rule, update, w, g, [getattr(m, kind)[layer] for m in self.kept])
        unbiased = self.real(self.training.unbiased) if self.normalized else None
        for layer, normalized in self.normalized.items():
            self.arithmetic.follow(self.current.means[layer], normalized.mean)
            self.arithmetic.follow(self.current.variances[layer], normalized.variance * unbiased)

    def parameters(self):
        return self.current

    def moments(self):
        return self.kept

    def forward(self, features):
        z, a = self._outputs(len(features))
        return self._layers(features.astype(self.real), self.current.biases, z, a, self._by_running)

    def evaluate(self, features, labels):
        outputs = self.forward(features)
        losses = self.arithmetic.loss(self.training.loss, outputs, labels, np.empty_like(outputs))
        return _mean(losses), np.count_nonzero(_first_largest(outputs) == labels) / len(labels)

    def place(self, form, a, b):
        rows = a.shape[1] if form == "ATB" else a.shape[0]
        columns = b.shape[0] if form == "ABT" else b.shape[1]
        self.operands = form, a.astype(self.real), b.astype(self.real)
        self.c = np.full((rows, columns), np.nan, dtype=self.real)

    def products(self, count):
        start = time.perf_counter()
        for _ in range(count):
            self.arithmetic.product(*self.operands, self.c)
        return time.perf_counter() - start

    def take_product(self):
        c, self.c = self.c, np.full_like(self.c, np.nan)
        return c


class IndependentTraining(Training):
    """Draws everything itself, from the scenario."""

    independent = True

    def open(self, training):
        import draws
        import initial_parameters

        scenario = training.scenario
        self.scenario, self.drawn = scenario, draws
        training.optimizer = draws.optimizer(scenario, training.sizes)
        training.activation, training.loss = scenario["activation"], scenario.get("loss", "cross-entropy")
        training.normalization = scenario.get("normalization", "none")
        training.batch, training.seed = scenario["batch"], scenario["seed"]
        if str(scenario["data"]).startswith("teacher:"):
            self._check_teacher(training)
        super().open(training)
        drawn = initial_parameters.draw(
            scenario["initialization"], training.sizes, training.seed, training.normalization
        )
        self.load(drawn, [])

    def _check_teacher(self, training):
        inputs, classes = (int(n) for n in self.scenario["data"][len("teacher:") :].split("x"))
        mine = self.drawn.teacher(inputs, classes, training.seed)
        sent = (training.train_features, training.train_labels, training.test_features, training.test_labels)
        for name, own, other in zip(("train-features", "train-labels", "test-features", "test-labels"), mine, sent):
            if other is not None and not np.array_equal(own, other):
                raise ValueError(f"the {name} that were sent are not those that the scenario draws")

    def draws(self, first, count):
        return self.drawn.steps(
            self.scenario, self.training.optimizer, self.training.sizes, len(self.features), first, count
        )

    def run(self, first, count):
        self.steps = self.draws(first, count)
        return super().run(first, count)

    def probe(self, step):
        self.steps = self.draws(step, 1)
        return super().probe(step)


def _mean(losses):
    """The losses of the rows, added in binary64 in their order."""
    return float(np.add.accumulate(losses, dtype=np.float64)[-1]) / len(losses)


def _first_largest(outputs):
    """argmax would take a NaN for the largest."""
    best = np.zeros(len(outputs), dtype=np.int64)
    largest = outputs[:, 0]
    for c in range(1, outputs.shape[1]):
        larger = outputs[:, c] > largest
        best, largest = np.where(larger, c, best), np.where(larger, outputs[:, c], largest)
    return best


def _loaded_blas():
    """The files of the BLAS that this process has loaded, where the system tells."""
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            files = {os.path.realpath(line.split(maxsplit=5)[5].strip()) for line in maps if "/" in line}
    except OSError:
        return []
    return sorted(f for f in files if any(b in os.path.basename(f) for b in ("blas", "mkl_rt", "blis", "atlas")))


def _openblas_kernel(files):
    """The kernels that OpenBLAS has chosen for this processor; NumPy does not tell."""
    for file in files:
        for symbol in ("scipy_openblas_get_corename64_", "openblas_get_corename64_", "openblas_get_corename"):
            function = getattr(ctypes.CDLL(file), symbol, None)
            if function is not None:
                function.restype = ctypes.c_char_p
                return function().decode()
    return None


def _environment(blas):
    result = {"numpy": np.__version__}
    if blas:
        result["blas-library"] = " ".join(os.path.basename(f) for f in blas)
    kernel = _openblas_kernel(f for f in blas if "openblas" in f)
    if kernel:
        result["blas-kernel"] = kernel
    try:
        build = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        for key, name in (("name", "blas"), ("version", "blas-version"), ("openblas configuration", "blas-build")):
            if build.get(key):
                result[name] = str(build[key]).strip()
    except TypeError:
        pass  # NumPy before 1.26 prints its configuration and returns nothing
    if "OPENBLAS_CORETYPE" in os.environ:
        result["OPENBLAS_CORETYPE"] = os.environ["OPENBLAS_CORETYPE"]
    return result
