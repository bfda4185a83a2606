#!/usr/bin/env python3
"""TensorFlow as a backend of Lockstep, on the CPU or a CUDA device. It needs TensorFlow 2.9 or newer."""

import functools
import math
import os
import time

import command_line
import lockstep_program
from command_line import cuda_device
from lockstep_program import Backend
from training import EPSILON, SHARE, Tensors, Unsupported

MODES = ("graph", "xla")
PRECISIONS = ("fp32", "tf32", "fp64")
LEAKY_SLOPE = 0.009999999776482582  # the binary32 number next to 0.01
ROWS_AT_ONCE = 4096  # of evaluate

DESCRIPTION = """TensorFlow as a backend of Lockstep, on the CPU or a CUDA device.

All steps of a run are one tf.function. Gradients are those of tf.GradientTape; TensorFlow's fused operators update the
parameters in place.

modes:
  graph  TensorFlow's own kernels
  xla    the same function, compiled by XLA (jit_compile)

precisions:
  fp32   everything in binary32
  tf32   operands of products are rounded to TF32 (CUDA only), everything else is binary32
  fp64   everything in binary64
"""

EXAMPLES = """  bench/lockstep check --program tf='python3 bench/adapters/tensorflow_backend.py' --backends scalar,tf
  python3 tensorflow_backend.py --mode xla --threads 2
  python3 tensorflow_backend.py --device cpu --precision fp64 --deterministic
"""


class TensorFlowBackend(Backend):
    probes_again = True

    def __init__(self, arguments, hello):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only
        if arguments.device == "cpu":
            os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
        import tensorflow as tf

        self.tf = tf
        self.mode, self.precision, self.deterministic = arguments.mode, arguments.precision, arguments.deterministic
        tf.config.threading.set_intra_op_parallelism_threads(hello["threads"])
        tf.config.threading.set_inter_op_parallelism_threads(1)
        if self.deterministic:
            tf.config.experimental.enable_op_determinism()
        self.device = self._device(arguments.device, hello.get("device"))
        self.gpu = self._gpu_details()
        if self.precision == "tf32":
            if self.gpu is None:
                raise Unsupported("precision tf32 on the CPU")
            if self.gpu.get("compute_capability", (0, 0)) < (8, 0):
                raise Unsupported(f"precision tf32 on {self.gpu.get('device_name')}")
        tf.config.experimental.enable_tensor_float_32_execution(self.precision == "tf32")
        self.dtype = tf.float64 if self.precision == "fp64" else tf.float32
        barrier = _xla_barrier() if self.mode == "xla" else None
        self.multiply = tf.function(functools.partial(_multiply, tf, barrier), jit_compile=self.mode == "xla")
        elementwise = tf.function(tf.multiply, jit_compile=self.mode == "xla")
        self.subnormals = lockstep_program.subnormals(
            lambda a, b: self.product("AB", a, b), lambda a, b: elementwise(self._upload(a), self._upload(b))
        )

    def _device(self, wanted, wish):
        tf = self.tf
        found = tf.config.list_physical_devices("GPU")
        number = cuda_device(wanted, wish, len(found), f"TensorFlow {tf.__version__}")
        if number is None:
            return "cpu"
        # By default TensorFlow takes the whole memory of every device, on which other backends may be running.
        tf.config.set_visible_devices(found[number], "GPU")
        tf.config.experimental.set_memory_growth(found[number], True)
        return f"cuda:{number}"

    def _gpu_details(self):
        config = self.tf.config
        if self.device == "cpu":
            return None
        return config.experimental.get_device_details(config.get_visible_devices("GPU")[0])

    def describe(self):
        tf = self.tf
        environment = {
            "tensorflow": tf.__version__,
            "mode": self.mode,
            "deterministic": str(self.deterministic).lower(),
            "onednn": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "default"),
        }
        if self.gpu is not None:
            environment["gpu"] = str(self.gpu.get("device_name"))
            environment["compute-capability"] = "%d.%d" % self.gpu.get("compute_capability", (0, 0))
            environment["cuda"] = str(tf.sysconfig.get_build_info().get("cuda_version"))
        return {
            "name": "TensorFlow",
            "version": tf.__version__,
            "device": self.device,
            "threads": tf.config.threading.get_intra_op_parallelism_threads(),
            "normalizations": ["batch"],
            "environment": environment,
        }

    def open(self, training):
        tf = self.tf
        self.network = Network(tf, self.dtype, training)
        self.data = self._upload(training.train_features), self._upload(training.train_labels)
        xla = self.mode == "xla"
        self.run_steps = tf.function(self.network.run, jit_compile=xla)
        self.details = tf.function(self.network.details, jit_compile=xla)
        self.outputs = tf.function(self.network.outputs, jit_compile=xla, reduce_retracing=True)

    def load(self, parameters, moments):
        network = self.network
        _assign(parameters, network.parameters)
        for i, moment in enumerate(network.moments):
            if moments:
                _assign(moments[i], moment)
            else:
                moment.map(lambda variable: variable.assign(self.tf.zeros_like(variable)))

    def announce(self, steps):
        self.tables = self.tf.nest.map_structure(self._upload, steps.tables(self.training.optimizer))
        self._run(0, 0)  # traces and compiles

    def _run(self, index, count):
        tf = self.tf
        alive = tf.constant(not self.stopped)
        return self.run_steps(self.data, self.tables, alive, tf.constant(index), tf.constant(count))

    def _upload(self, array):
        return self.tf.cast(self.tf.convert_to_tensor(array), self.dtype if array.dtype.kind == "f" else self.tf.int32)

    def run(self, first, count):
        index = self.steps.index(first)
        self.steps.index(first + count - 1)
        self._synchronize()
        start = time.perf_counter()
        losses = self._run(index, count)
        self._synchronize()
        seconds = time.perf_counter() - start
        losses = losses.numpy()
        return (losses[index : index + count] / self.training.batch).tolist(), seconds

    def probe(self, step):
        # The graph optimizer rewrites less where intermediate results are asked for, which can change last bits. So the
        # step itself is that of a run, and what it computes on the way comes from the same operators before it.
        details = self.details(self.data, self.tables, self.tf.constant(self.steps.index(step)))
        activations, deltas, *gradients = map(_arrays, details)
        losses, seconds = self.run(step, 1)
        return losses[0], seconds, activations, deltas, Tensors(*gradients)

    def _synchronize(self):
        if self.gpu is not None:
            self.tf.test.experimental.sync_devices()

    def parameters(self):
        return self.network.parameters.map(lambda variable: variable.numpy())

    def moments(self):
        return [moment.map(lambda variable: variable.numpy()) for moment in self.network.moments]

    def evaluate(self, features, labels):
        tf = self.tf
        loss, right = 0.0, 0
        for start in range(0, len(features), ROWS_AT_ONCE):
            z = self.outputs(self._upload(features[start : start + ROWS_AT_ONCE]))
            y = self._upload(labels[start : start + ROWS_AT_ONCE])
            loss += float(self.network.loss(z, y))
            right += int((z.numpy().argmax(axis=1) == y.numpy()).sum())
        return loss / len(features), right / len(features)

    def forward(self, features):
        return self.outputs(self._upload(features)).numpy()

    def place(self, form, a, b):
        rows = a.shape[1] if form == "ATB" else a.shape[0]
        columns = b.shape[0] if form == "ABT" else b.shape[1]
        self.operands = form, self._upload(a), self._upload(b)
        self.c = self._nan(rows, columns)
        self.products(0)  # traces and compiles

    def products(self, count):
        count = self.tf.constant(count)
        self._synchronize()
        start = time.perf_counter()
        self.c = self.multiply(*self.operands, self.c, count)
        self._synchronize()
        return time.perf_counter() - start

    def take_product(self):
        c, self.c = self.c, self._nan(*self.c.shape)
        return c.numpy()

    def _nan(self, *shape):
        return self.tf.fill(shape, self.tf.constant(math.nan, self.dtype))


class Network:
    """Variables of a training, and its step as functions for tf.function."""

    def __init__(self, tf, dtype, training):
        self.tf, self.dtype = tf, dtype
        self.activation = _activations(tf)[training.activation]
        self.cross_entropy = training.loss == "cross-entropy"
        self.optimizer, self.batch, self.classes = training.optimizer, training.batch, training.sizes[-1]

        def variables(shapes):
            return shapes.map(lambda shape: tf.Variable(tf.zeros(shape, dtype)))

        self.unbiased = training.unbiased if training.normalizes else None
        self.parameters = variables(training.shapes)
        self.moments = [variables(training.learned_shapes) for _ in range(training.optimizer.moments)]

    def run(self, data, tables, alive, index, count):
        """Runs steps; returns a table of the sums of their losses, from `index` on."""
        tf = self.tf
        capacity = tables[0].shape[0]

        def body(i, alive, losses):
            loss, alive = self.step(data, tables, alive, i)
            return i + 1, alive, losses.write(i, loss)

        losses = tf.TensorArray(tf.float64, size=capacity, element_shape=())
        losses = losses.unstack(tf.zeros(capacity, tf.float64))
        _, _, losses = tf.while_loop(
            lambda i, *_: i < index + count, body, (index, alive, losses), parallel_iterations=1
        )
        return losses.stack()

    def step(self, data, tables, alive, i):
        tf = self.tf
        _, _, (weight_rates, bias_rates, gain_rates), correction = tf.nest.map_structure(lambda table: table[i], tables)
        loss, (_, _, of_weights, of_biases, of_gains), statistics = self.gradients(data, tables, i)
        alive = tf.logical_and(alive, tf.math.is_finite(loss))

        def update():
            for layer in range(len(of_weights)):
                self._update("weights", layer, of_weights[layer], weight_rates[layer], correction)
                self._update("biases", layer, of_biases[layer], bias_rates[layer], correction)
            for layer, (mean, variance) in enumerate(statistics):
                self._update("gains", layer, of_gains[layer], gain_rates[layer], correction)
                self._follow(self.parameters.means[layer], mean)
                self._follow(self.parameters.variances[layer], variance * self.unbiased)
            return True

        tf.cond(alive, update, lambda: False)
        return loss, alive

    def details(self, data, tables, i):
        return self.gradients(data, tables, i)[1]

    def gradients(self, data, tables, i):
        """The sum of the losses; activations, deltas and the gradients of weights, biases and gains; statistics."""
        tf = self.tf
        rows, noise = tables[0][i], [table[i] for table in tables[1]]
        x, labels = tf.gather(data[0], rows), tf.gather(data[1], rows)
        weights, biases, gains = self.parameters.weights, self.parameters.biases, self.parameters.gains
        n, learned = len(weights), 2 * len(weights) + len(gains)
        sums, activations, statistics = [], [], []
        with tf.GradientTape() as tape:
            for layer in range(n):
                bias = biases[layer] + noise[layer] if noise and layer < n - 1 else biases[layer]
                z = tf.matmul(x, weights[layer])
                if layer < len(gains):
                    statistics.append(tf.nn.moments(z, [0]))
                    z = self._normalized(z, layer, *statistics[layer])
                z = tf.nn.bias_add(z, bias)
                x = self.activation(z) if layer < n - 1 else z
                sums.append(z)
                activations.append(x)
            loss = self.loss(x, labels)
            mean = loss / self.batch
        found = tape.gradient(mean, weights + biases + gains + sums)
        return loss, (activations, found[learned:], found[:n], found[n : 2 * n], found[2 * n : learned]), statistics

    def _normalized(self, products, layer, mean, variance):
        return self.parameters.gains[layer] * ((products - mean) / self.tf.sqrt(variance + EPSILON))

    def _follow(self, running, statistics):
        running.assign_add(SHARE * (statistics - running))

    def loss(self, z, labels):
        """The sum over the rows."""
        tf = self.tf
        if self.cross_entropy:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, z)
        else:
            losses = (
                tf.reduce_sum(tf.math.squared_difference(z, tf.one_hot(labels, self.classes, dtype=z.dtype)), 1) / 2
            )
        return tf.reduce_sum(tf.cast(losses, tf.float64))

    def outputs(self, x):
        parameters = self.parameters
        n = len(parameters.weights)
        for layer, (w, bias) in enumerate(zip(parameters.weights, parameters.biases)):
            x = self.tf.matmul(x, w)
            if layer < len(parameters.gains):
                x = self._normalized(x, layer, parameters.means[layer], parameters.variances[layer])
            x = self.tf.nn.bias_add(x, bias)
            if layer < n - 1:
                x = self.activation(x)
        return x

    def _update(self, kind, layer, g, rate, correction):
        tf, ops, optimizer = self.tf, self.tf.raw_ops, self.optimizer
        w = getattr(self.parameters, kind)[layer]
        moments = [getattr(moment, kind)[layer].handle for moment in self.moments]
        setting = getattr(optimizer, kind)[layer]

        def number(value):
            return tf.constant(value, self.dtype)

        if kind == "weights" and setting.decay != 0:
            g = g + number(setting.decay) * w
        if optimizer.rule == "sgd":
            ops.ResourceApplyGradientDescent(var=w.handle, alpha=rate, delta=g)
        elif optimizer.rule == "adam":
            # This operator adds epsilon to the root of a moment that is not corrected: both are divided by the root of
            # the correction instead.
            root = tf.sqrt(correction)
            ops.ResourceApplyAdam(
                var=w.handle,
                m=moments[0],
                v=moments[1],
                beta1_power=number(0),
                beta2_power=number(0),
                lr=rate / root,
                beta1=number(optimizer.first),
                beta2=number(optimizer.second),
                epsilon=number(setting.epsilon) / root,
                grad=g,
            )
        else:
            ops.ResourceApplyMomentum(
                var=w.handle,
                accum=moments[0],
                lr=rate,
                grad=g,
                momentum=number(optimizer.factor),
                use_nesterov=optimizer.rule == "nesterov",
            )


def _multiply(tf, barrier, form, a, b, c, count):
    """The same product again and again: each waits for the one before, so that none is moved out of the loop."""

    def body(i, a, b, c):
        if barrier is not None:
            a, b, c = barrier(a, b, c)
        with tf.control_dependencies([c]):
            return i + 1, a, b, tf.matmul(a, b, transpose_a=form == "ATB", transpose_b=form == "ABT")

    return tf.while_loop(lambda i, *_: i < count, body, (0, a, b, c), parallel_iterations=1)[-1]


def _xla_barrier():
    """XLA drops control dependencies; TensorFlow has its barrier, but not among its public names."""
    from tensorflow.compiler.tf2xla.python import xla

    return xla.optimization_barrier


def _activations(tf):
    return {
        "identity": tf.identity,
        "relu": tf.nn.relu,
        "leaky-relu": lambda z: tf.nn.leaky_relu(z, LEAKY_SLOPE),
        "tanh": tf.tanh,
        "sigmoid": tf.sigmoid,
        "gelu": functools.partial(_gelu, tf),
    }


def _gelu(tf, z):
    """tf.nn.gelu(z, approximate=True), whose constant 0.044715 is a binary32 number even in binary64."""
    if z.dtype == tf.float32:
        return tf.nn.gelu(z, approximate=True)
    return z / 2 * (1 + tf.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)))


def _assign(arrays, variables):
    for kind in vars(arrays):
        for array, variable in zip(getattr(arrays, kind), getattr(variables, kind)):
            variable.assign(array)


def _arrays(values):
    return [value.numpy() for value in values]


if __name__ == "__main__":
    arguments = command_line.library_parser(DESCRIPTION, EXAMPLES, PRECISIONS, MODES).parse_args()
    lockstep_program.serve(lambda hello: TensorFlowBackend(arguments, hello), arguments.threads)
