#!/usr/bin/env python3
"""JAX as a backend of Lockstep, on the CPU or a CUDA device. It needs JAX 0.4.36 or newer."""

import functools
import os
import time

import command_line
import lockstep_program
from command_line import cuda_device
from lockstep_program import Backend
from training import EPSILON, SHARE, Tensors, Unsupported

PRECISIONS = ("fp32", "tf32", "bf16", "fp64")
LEAKY_SLOPE = 0.009999999776482582  # the binary32 number next to 0.01
ROWS_AT_ONCE = 4096  # of evaluate

DESCRIPTION = """JAX as a backend of Lockstep, on the CPU or a CUDA device.

All steps of a run are one compiled program, whose loop stays on the device and whose parameters stay in place.
Derivatives of activations and losses are JAX's own.

precisions:
  fp32  everything in binary32
  tf32  operands of products are rounded to TF32 (CUDA only), everything else is binary32
  bf16  operands of products are rounded to bfloat16, everything else is binary32
  fp64  everything in binary64
"""

EXAMPLES = """  bench/lockstep check --program jax='python3 bench/adapters/jax_backend.py' --backends scalar,jax
  python3 jax_backend.py --threads 2 --precision fp64
  python3 jax_backend.py --device cuda:1 --precision tf32
"""


class JaxBackend(Backend):
    probes_again = True

    def __init__(self, arguments, hello):
        self.precision, self.deterministic = arguments.precision, arguments.deterministic
        self.threads = hello["threads"]
        _set_environment(self.threads, self.deterministic)
        import jax

        self.jax = jax
        if arguments.device == "cpu":
            jax.config.update("jax_platforms", "cpu")  # leaves a CUDA device alone
        jax.config.update("jax_enable_x64", self.precision == "fp64")
        self.device = self._device(arguments.device, hello.get("device"))
        jax.config.update("jax_default_device", self.device)
        if self.precision == "tf32":
            if self.device.platform == "cpu":
                raise Unsupported("precision tf32 on the CPU")
            if float(self.device.compute_capability) < 8:
                raise Unsupported(f"precision tf32 on {self.device.device_kind}")
        self.dtype = jax.numpy.float64 if self.precision == "fp64" else jax.numpy.float32
        self.dot = functools.partial(_dot, jax, self.precision)
        # Operands and result are given away, as the state is to a run: each stays where it is.
        self.multiply = jax.jit(functools.partial(_multiply, jax, self.dot), static_argnums=0, donate_argnums=1)
        if self.precision == "bf16":
            self._check_that_bfloat16_rounds()
        multiply = jax.jit(jax.numpy.multiply)
        self.subnormals = lockstep_program.subnormals(
            lambda a, b: self.product("AB", a, b), lambda a, b: multiply(self._upload(a), self._upload(b))
        )

    def _device(self, wanted, wish):
        jax = self.jax
        try:
            found = [] if wanted == "cpu" else jax.devices("cuda")
        except RuntimeError:
            found = []
        number = cuda_device(wanted, wish, len(found), f"JAX {jax.__version__}")
        return jax.devices("cpu")[0] if number is None else found[number]

    def _check_that_bfloat16_rounds(self):
        """A compiler may leave out the rounding of operands, which only makes results more exact."""
        jnp = self.jax.numpy
        product = self.jax.jit(self.dot)(jnp.full((16, 16), 1 + 2.0**-9, jnp.float32), jnp.eye(16, dtype=jnp.float32))
        if bool((product != 1).any()):
            raise Unsupported(f"precision bf16: JAX {self.jax.__version__} does not round on this device")

    def describe(self):
        jax = self.jax
        import jaxlib

        environment = {"jax": jax.__version__, "jaxlib": jaxlib.__version__, "platform": self.device.platform}
        environment["deterministic"] = str(self.deterministic).lower()
        environment["xla-flags"] = os.environ["XLA_FLAGS"]
        if self.device.platform != "cpu":
            environment["gpu"] = self.device.device_kind
            environment["compute-capability"] = str(self.device.compute_capability)
        return {
            "name": "JAX",
            "version": jax.__version__,
            "device": "cpu" if self.device.platform == "cpu" else f"cuda:{self.device.id}",
            "threads": self.threads,
            "normalizations": ["batch"],
            "environment": environment,
        }

    def open(self, training):
        jax = self.jax
        self.network = Network(jax, self.dot, self.dtype, training)
        self.data = self._upload(training.train_features), self._upload(training.train_labels)
        # The state is given away to each run, which returns it in the same memory.
        self.run_steps = jax.jit(self.network.run, donate_argnums=0)
        self.details = jax.jit(self.network.details)
        self.outputs = jax.jit(self.network.outputs)
        self.row_losses = jax.jit(self.network.row_losses)

    def load(self, parameters, moments):
        learned = Tensors(parameters.weights, parameters.biases, parameters.gains)
        zeros = [learned.map(lambda array: array * 0)] * self.training.optimizer.moments
        self.state = tuple(
            tuple(tuple(map(self._upload, arrays)) for arrays in vars(tensors).values())
            for tensors in (parameters, *(moments or zeros))
        )

    def announce(self, steps):
        self.tables = self.jax.tree.map(self._upload, steps.tables(self.training.optimizer))
        self.state, _ = self.run_steps(self.state, self.data, self.tables, True, 0, 0)  # compiles

    def _upload(self, array):
        jnp = self.jax.numpy
        return jnp.array(array, self.dtype if array.dtype.kind == "f" else jnp.int32, copy=True)

    def run(self, first, count):
        index = self.steps.index(first)
        self.steps.index(first + count - 1)
        self.jax.block_until_ready(self.state)
        start = time.perf_counter()
        results = self.run_steps(self.state, self.data, self.tables, not self.stopped, index, count)
        self.state, losses = self.jax.block_until_ready(results)
        seconds = time.perf_counter() - start
        return _means(losses[index : index + count]), seconds

    def probe(self, step):
        # A compiler fuses other operations where intermediate results are asked for, which can change last bits. So the
        # step itself is that of a run, and what it computes on the way comes from the same operations before it.
        details = self.details(self.state[0], self.data, self.tables, self.steps.index(step))
        activations, deltas, gradients = self.jax.tree.map(_array, details)
        losses, seconds = self.run(step, 1)
        return losses[0], seconds, activations, deltas, Tensors(*gradients)

    def parameters(self):
        return Tensors(*self.jax.tree.map(_array, self.state[0]))

    def moments(self):
        return [Tensors(*self.jax.tree.map(_array, moment)) for moment in self.state[1:]]

    def evaluate(self, features, labels):
        import numpy as np

        loss, right = 0.0, 0
        for start in range(0, len(features), ROWS_AT_ONCE):
            z = self.outputs(self.state[0], self._upload(features[start : start + ROWS_AT_ONCE]))
            y = labels[start : start + ROWS_AT_ONCE]
            loss += float(np.asarray(self.row_losses(z, y)).sum(dtype=np.float64))
            right += int((np.asarray(z).argmax(axis=1) == y).sum())
        return loss / len(features), right / len(features)

    def forward(self, features):
        return _array(self.outputs(self.state[0], self._upload(features)))

    def place(self, form, a, b):
        rows = a.shape[1] if form == "ATB" else a.shape[0]
        columns = b.shape[0] if form == "ABT" else b.shape[1]
        self.contracted = ((0,) if form == "ATB" else (1,), (1,) if form == "ABT" else (0,))
        matrices = self._upload(a), self._upload(b), self._nan(rows, columns)
        self.matrices = self.multiply(self.contracted, matrices, 0)  # compiles

    def products(self, count):
        self.jax.block_until_ready(self.matrices)
        start = time.perf_counter()
        self.matrices = self.jax.block_until_ready(self.multiply(self.contracted, self.matrices, count))
        return time.perf_counter() - start

    def take_product(self):
        a, b, c = self.matrices
        self.matrices = a, b, self._nan(*c.shape)
        return _array(c)

    def _nan(self, *shape):
        return self.jax.numpy.full(shape, float("nan"), self.dtype)


class Network:
    """A step as pure functions of the state: parameters and moments, each a tuple of the fields of Tensors."""

    def __init__(self, jax, dot, dtype, training):
        self.jax, self.dot, self.dtype = jax, dot, dtype
        self.activation = _activations(jax)[training.activation]
        self.cross_entropy = training.loss == "cross-entropy"
        self.optimizer, self.batch, self.classes = training.optimizer, training.batch, training.sizes[-1]
        self.unbiased = training.unbiased if training.normalizes else None

    def run(self, state, data, tables, alive, index, count):
        """Runs steps; their losses stand in the rows of a table from `index` on."""
        jax = self.jax

        def body(i, carry):
            state, alive, losses = carry
            state, alive, of_rows = self.step(state, data, tables, alive, i)
            return state, alive, jax.lax.dynamic_update_index_in_dim(losses, of_rows, i, 0)

        losses = jax.numpy.zeros((tables[0].shape[0], self.batch), self.dtype)
        state, _, losses = jax.lax.fori_loop(index, index + count, body, (state, alive, losses))
        return state, losses

    def step(self, state, data, tables, alive, i):
        _, _, rates, correction = self.jax.tree.map(lambda table: table[i], tables)
        losses, (_, _, gradients), statistics = self.gradients(state[0], data, tables, i)
        alive = alive & self.jax.numpy.isfinite(losses).all()
        new = self.update(state, gradients, statistics, rates, correction)
        new = self.jax.tree.map(lambda new, old: self.jax.numpy.where(alive, new, old), new, state)
        return new, alive, losses

    def details(self, parameters, data, tables, i):
        return self.gradients(parameters, data, tables, i)[1]

    def gradients(self, parameters, data, tables, i):
        """The loss of each row; activations, deltas and the gradients of weights, biases and gains; statistics."""
        jax = self.jax
        rows, noise = tables[0][i], [table[i] for table in tables[1]]
        x = data[0].at[rows].get(mode="promise_in_bounds")
        labels = data[1].at[rows].get(mode="promise_in_bounds")
        weights, biases, gains, _, _ = parameters
        last = len(weights) - 1
        inputs, slopes, normals, statistics = [x], [], [], []
        for layer, (w, bias) in enumerate(zip(weights, biases)):
            if noise and layer < last:
                bias = bias + noise[layer]
            z = self.dot(inputs[layer], w)
            if layer < len(gains):
                statistics.append(_statistics(z))
                z, normal = jax.vjp(lambda z, gain: self._normalized(z, gain, *_statistics(z)), z, gains[layer])
                normals.append(normal)
            z = z + bias
            if layer < last:
                z, slope = jax.vjp(self.activation, z)
                slopes.append(slope)
            inputs.append(z)
        losses, slope = jax.vjp(lambda z: self.row_losses(z, labels), inputs[-1])
        (delta,) = slope(jax.numpy.full_like(losses, 1 / self.batch))
        deltas, of_weights, of_biases, of_gains = [], [], [], []
        for layer in range(last, -1, -1):
            deltas.insert(0, delta)
            of_biases.insert(0, delta.sum(0))
            if layer < len(gains):
                delta, of_gain = normals[layer](delta)
                of_gains.insert(0, of_gain)
            of_weights.insert(0, self.dot(inputs[layer], delta, ((0,), (0,))))
            if layer > 0:
                (delta,) = slopes[layer - 1](self.dot(delta, weights[layer], ((1,), (1,))))
        return losses, (inputs[1:], deltas, (of_weights, of_biases, of_gains)), statistics

    def _normalized(self, products, gain, mean, variance):
        return gain * ((products - mean) / self.jax.numpy.sqrt(variance + EPSILON))

    def row_losses(self, z, labels):
        jax, jnp = self.jax, self.jax.numpy
        if self.cross_entropy:
            shifted = z - jax.lax.stop_gradient(z.max(1, keepdims=True))
            of_label = jnp.take_along_axis(shifted, labels[:, None], 1)[:, 0]
            return jnp.log(jnp.exp(shifted).sum(1)) - of_label
        return jnp.square(z - jax.nn.one_hot(labels, self.classes, dtype=z.dtype)).sum(1) / 2

    def outputs(self, parameters, x):
        weights, biases, gains, means, variances = parameters
        for layer, (w, bias) in enumerate(zip(weights, biases)):
            x = self.dot(x, w)
            if layer < len(gains):
                x = self._normalized(x, gains[layer], means[layer], variances[layer])
            x = x + bias
            if layer < len(weights) - 1:
                x = self.activation(x)
        return x

    def update(self, state, gradients, statistics, rates, correction):
        new = []
        for kind, settings in enumerate((self.optimizer.weights, self.optimizer.biases, self.optimizer.gains)):
            tensors = [part[kind] for part in state]
            layers = [
                self._update(settings[layer], kind == 0, [t[layer] for t in tensors], g, rates[kind][layer], correction)
                for layer, g in enumerate(gradients[kind])
            ]
            new.append([tuple(part) for part in zip(*layers)] or [()] * len(state))
        *_, means, variances = state[0]
        followed = [
            (mean + SHARE * (of_mean - mean), variance + SHARE * (of_variance * self.unbiased - variance))
            for mean, variance, (of_mean, of_variance) in zip(means, variances, statistics)
        ]
        for part in zip(*followed) if followed else ((), ()):
            new.append([tuple(part)] + [()] * (len(state) - 1))
        return tuple(zip(*new))

    def _update(self, setting, decays, tensors, g, rate, correction):
        """The new parameter and its new moments."""
        w, *moments = tensors
        optimizer = self.optimizer
        if decays and setting.decay != 0:
            g = g + setting.decay * w
        if optimizer.rule == "sgd":
            return (w - rate * g,)
        if optimizer.rule == "adam":
            m = optimizer.first * moments[0] + (1 - optimizer.first) * g
            v = optimizer.second * moments[1] + (1 - optimizer.second) * (g * g)
            return w - rate * (m / (self.jax.numpy.sqrt(v * correction) + setting.epsilon)), m, v
        v = optimizer.factor * moments[0] + g
        return w - rate * (g + optimizer.factor * v if optimizer.rule == "nesterov" else v), v


def _statistics(products):
    """Means and variances of the columns."""
    return products.mean(0), products.var(0)


def _activations(jax):
    return {
        "identity": lambda z: z,
        "relu": jax.nn.relu,
        "leaky-relu": functools.partial(jax.nn.leaky_relu, negative_slope=LEAKY_SLOPE),
        "tanh": jax.numpy.tanh,
        "sigmoid": jax.nn.sigmoid,
        "gelu": functools.partial(jax.nn.gelu, approximate=True),
    }


def _dot(jax, precision, a, b, contracted=((1,), (0,))):
    lax = jax.lax
    how = {"precision": lax.Precision.HIGHEST}
    if precision == "tf32":
        how = {"precision": lax.DotAlgorithmPreset.TF32_TF32_F32}
    elif precision == "bf16":
        a, b = a.astype(jax.numpy.bfloat16), b.astype(jax.numpy.bfloat16)
        how = {"preferred_element_type": jax.numpy.float32}
    return lax.dot_general(a, b, (contracted, ((), ())), **how)


def _multiply(jax, dot, contracted, matrices, count):
    """The same product again and again. The barrier keeps it in the loop, from which XLA would move it otherwise."""

    def body(_, matrices):
        a, b, _ = jax.lax.optimization_barrier(matrices)
        return a, b, dot(a, b, contracted)

    return jax.lax.fori_loop(0, count, body, matrices)


def _means(losses):
    import numpy as np

    return np.asarray(losses).mean(axis=1, dtype=np.float64).tolist()


def _array(value):
    import numpy as np

    return np.array(value)


def _set_environment(threads, deterministic):
    """What XLA reads when it is loaded."""
    os.environ["NPROC"] = str(threads)  # the size of its thread pool on the CPU
    flags = [os.environ.get("XLA_FLAGS", ""), "--xla_allow_excess_precision=false"]
    if deterministic:
        flags.append("--xla_gpu_deterministic_ops=true")
    os.environ["XLA_FLAGS"] = " ".join(flags).strip()
    # By default JAX takes three quarters of a device's memory, on which other backends may be running.
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")


if __name__ == "__main__":
    arguments = command_line.library_parser(DESCRIPTION, EXAMPLES, PRECISIONS).parse_args()
    lockstep_program.serve(lambda hello: JaxBackend(arguments, hello), arguments.threads)
