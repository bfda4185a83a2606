#!/usr/bin/env python3
"""PyTorch as a backend of Lockstep, on the CPU or a CUDA device. It needs PyTorch 1.13 or newer."""

import math
import os
import re
import time

import command_line
import lockstep_program
from command_line import cuda_device
from lockstep_program import Backend
from training import EPSILON, SHARE, Tensors, Unsupported

MODES = ("eager", "autograd", "compile", "cuda-graph")
PRECISIONS = ("fp32", "tf32", "bf16", "fp64")

DESCRIPTION = """PyTorch as a backend of Lockstep, on the CPU or a CUDA device.

modes:
  eager       PyTorch's fused operators, with the backward pass written out and every tensor allocated once
  autograd    gradients by torch.autograd, as most programs get them
  compile     the steps of eager by torch.compile
  cuda-graph  the steps of eager, captured as CUDA graphs and replayed

precisions:
  fp32        everything in binary32
  tf32        operands of products are rounded to TF32 (CUDA only), everything else is binary32
  bf16        operands of products are rounded to bfloat16, everything else is binary32
  fp64        everything in binary64
"""

EXAMPLES = """  bench/lockstep check --program torch='python3 bench/adapters/pytorch_backend.py' --backends scalar,torch
  python3 pytorch_backend.py --mode compile --threads 2
  python3 pytorch_backend.py --mode cuda-graph --device cuda:1 --precision tf32
  python3 pytorch_backend.py --device cpu --precision fp64 --deterministic
"""


class PyTorchBackend(Backend):
    """Talks to Lockstep, chooses the device and reads the clock. A Network computes."""

    def __init__(self, arguments, hello):
        if arguments.deterministic:
            os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"  # read when CUDA starts
        import torch

        self.torch = torch
        self.mode, self.precision, self.deterministic = arguments.mode, arguments.precision, arguments.deterministic
        torch.set_grad_enabled(False)
        torch.set_num_threads(hello["threads"])
        torch.use_deterministic_algorithms(self.deterministic)
        self.device = self._device(arguments.device, hello.get("device"))
        self._refuse_what_is_missing()
        torch.set_float32_matmul_precision("high" if self.precision == "tf32" else "highest")
        self.dtype = torch.float64 if self.precision == "fp64" else torch.float32
        self.multiply = torch.mm
        if self.precision == "bf16":
            self.multiply = _product_of_bfloat16(torch, self.device)
        self.subnormals = lockstep_program.subnormals(
            lambda a, b: self.product("AB", a, b), lambda a, b: _array(self._upload(a) * self._upload(b))
        )
        # On the CPU a loss is known by the time that the next line runs, so looking at each one costs nothing. A
        # device runs behind: there they are looked at in the end, and a copy of the state is kept to go back to.
        self.looks_at_each_loss = self.device.type == "cpu"

    def _device(self, wanted, wish):
        torch = self.torch
        found = torch.cuda.device_count() if torch.cuda.is_available() else 0
        number = cuda_device(wanted, wish, found, f"PyTorch {torch.__version__}")
        return torch.device("cpu") if number is None else torch.device("cuda", number)

    def _refuse_what_is_missing(self):
        torch, on_cuda = self.torch, self.device.type == "cuda"
        if self.mode == "compile" and not hasattr(torch, "compile"):
            raise Unsupported(f"mode compile: PyTorch {torch.__version__} has no torch.compile")
        if self.mode == "cuda-graph" and not on_cuda:
            raise Unsupported("mode cuda-graph on the CPU")
        if self.precision == "tf32":
            if not on_cuda:
                raise Unsupported("precision tf32 on the CPU")
            if torch.cuda.get_device_capability(self.device) < (8, 0):
                raise Unsupported(f"precision tf32 on {torch.cuda.get_device_name(self.device)}")
        if self.precision == "bf16" and self.mode == "autograd":
            # Autograd rounds the gradient of a rounded operand to bfloat16, too.
            raise Unsupported("precision bf16 in mode autograd")

    def describe(self):
        torch = self.torch
        environment = {
            "torch": torch.__version__,
            "mode": self.mode,
            "deterministic": str(self.deterministic).lower(),
        }
        if self.precision == "bf16":
            environment["bf16"] = self.multiply.__doc__
        if self.device.type == "cuda":
            environment["gpu"] = torch.cuda.get_device_name(self.device)
            environment["compute-capability"] = "%d.%d" % torch.cuda.get_device_capability(self.device)
            environment["cuda"] = str(torch.version.cuda)
        else:
            environment["blas"] = ", ".join(re.findall(r"BLAS_INFO=(\w+)", torch.__config__.show()))
            capability = re.search(r"CPU capability usage: (\w+)", torch.__config__.show())
            environment["cpu-capability"] = capability.group(1) if capability else "unknown"
        return {
            "name": "PyTorch",
            "version": torch.__version__,
            "device": str(self.device),
            "threads": torch.get_num_threads(),
            "normalizations": ["batch"],
            "environment": environment,
        }

    def open(self, training):
        torch = self.torch
        if self.precision in ("fp32", "fp64"):
            self._check_products(training)
        kind = {"autograd": AutogradNetwork, "compile": CompiledNetwork}.get(self.mode, Network)
        self.network = kind(
            torch, self.device, self.dtype, training, self.multiply, in_place=self.mode in ("eager", "cuda-graph")
        )
        # The kernels are compiled, captured or loaded by a step from zeros; load() brings the real parameters.
        rows = torch.zeros(training.batch, dtype=torch.long, device=self.device)
        noise = [torch.zeros(n, dtype=self.dtype, device=self.device) for n in training.sizes[1:-1]]
        learned = 2 * training.layers + len(training.optimizer.gains)
        scalars = torch.ones(learned + 1, dtype=self.dtype, device=self.device)
        self.scalars_are_numbers = self.mode in ("eager", "autograd")
        if self.mode == "compile":
            self.step = _Compiled(self.network)
        elif self.mode == "cuda-graph":
            self.step = _Captured(self.network, rows, noise if training.deviation else [], scalars)
        else:
            self.step = self.network
        due = rows, noise if training.deviation else []
        _, _, _, *gradients = self.step.gradients(*due)
        self.step.update(*gradients, scalars.tolist() if self.scalars_are_numbers else scalars)
        self._synchronize()

    def _check_products(self, training):
        """Whatever was asked for, a library may round operands: TF32 makes 1024 or 1025 of 1024.75."""

        def operand(rows, columns, where, value):
            matrix = self.torch.zeros(rows, columns, dtype=self.dtype, device=self.device)
            matrix[where] = value
            return matrix

        every, batch = slice(None), training.batch
        for below, above in zip(training.sizes, training.sizes[1:]):
            w = operand(below, above, 0, 1)
            products = {
                "A B": (operand(batch, below, (every, 0), 1024.75), w),
                "A B^T": (operand(batch, above, (every, 0), 1024.75), operand(below, above, (every, 0), 1).t()),
                "A^T B": (operand(batch, below, 0, 1024.75).t(), operand(batch, above, 0, 1)),
            }
            for form, (a, b) in products.items():
                if bool((self.multiply(a, b) != 1024.75).any()):
                    shape = f"{a.shape[0]} x {a.shape[1]} x {b.shape[1]}"
                    raise RuntimeError(
                        f"the product {form} of {shape} rounds its operands, which is not {self.precision}"
                    )

    def load(self, parameters, moments):
        network = self.network
        network.copy(parameters, network.parameters)
        for i, moment in enumerate(network.moments):
            if moments:
                network.copy(moments[i], moment)
            else:
                moment.map(lambda tensor: tensor.zero_())

    def announce(self, steps):
        import numpy as np

        training = self.training
        self.rows = self._upload(steps.rows, self.torch.long)
        self.noise = [self._upload(noise) for noise in steps.noise]
        # The rates of W1, b1, W2, ..., those of gains, and the correction.
        rates = [steps.rates(settings) for settings in (training.optimizer.weights, training.optimizer.biases)]
        rates = np.stack(rates, axis=2).reshape(len(steps), -1)
        gains = steps.rates(training.optimizer.gains)
        table = np.column_stack([rates, gains, np.asarray(steps.corrections, np.float32)])
        # Numbers are what PyTorch's operators take fastest; what is compiled or captured once reads tensors.
        self.scalars = table.astype(float).tolist() if self.scalars_are_numbers else self._upload(table)

    def _upload(self, array, dtype=None):
        return self.torch.as_tensor(array).to(device=self.device, dtype=dtype or self.dtype)

    def _due(self, step):
        index = self.steps.index(step)
        return (self.rows[index], [noise[index] for noise in self.noise]), self.scalars[index]

    def run(self, first, count):
        torch = self.torch
        stopped, saved = self.stopped, None
        losses = torch.zeros(count, dtype=torch.float64, device=self.device)
        self._synchronize()
        start = time.perf_counter()
        if not stopped and not self.looks_at_each_loss:
            saved = self.network.saved()
        for i in range(count):
            due, scalars = self._due(first + i)
            loss, _, _, *gradients = self.step.gradients(*due)
            losses[i] = loss
            if self.looks_at_each_loss and not math.isfinite(loss.item()):
                stopped = True
            if not stopped:
                self.step.update(*gradients, scalars)
        self._synchronize()
        seconds = time.perf_counter() - start
        values = losses.tolist()
        if saved is not None and not all(map(math.isfinite, values)):
            values = self._again(first, count, saved)
        return [value / self.training.batch for value in values], seconds

    def _again(self, first, count, saved):
        """The same steps once more, now with a look at each loss."""
        self.network.restore(saved)
        values, stopped = [], False
        for step in range(first, first + count):
            due, scalars = self._due(step)
            loss, _, _, *gradients = self.step.gradients(*due)
            values.append(loss.item())
            stopped = stopped or not math.isfinite(values[-1])
            if not stopped:
                self.step.update(*gradients, scalars)
        return values

    def probe(self, step):
        due, scalars = self._due(step)
        self._synchronize()
        start = time.perf_counter()
        loss, activations, deltas, *gradients = self.step.gradients(*due, keep=True)
        self._synchronize()
        seconds = time.perf_counter() - start
        # An update may use the gradients' memory for something else.
        activations, deltas, weights, biases, gains = (
            [_array(t).copy() for t in layer] for layer in (activations, deltas, *gradients[:3])
        )
        loss = loss.item()
        if not self.stopped and math.isfinite(loss):
            start = time.perf_counter()
            self.step.update(*gradients, scalars)
            self._synchronize()
            seconds += time.perf_counter() - start
        return loss / self.training.batch, seconds, activations, deltas, Tensors(weights, biases, gains)

    def parameters(self):
        return self.network.parameters.map(_array)

    def moments(self):
        return [moment.map(_array) for moment in self.network.moments]

    def evaluate(self, features, labels):
        loss, right = 0.0, 0
        for start in range(0, len(features), 4096):
            z = self.network.outputs(self._upload(features[start : start + 4096]))
            y = self._upload(labels[start : start + 4096], self.torch.long).view(-1, 1)
            loss += self.network.loss(z, y).item()
            right += (z.argmax(1, keepdim=True) == y).sum().item()
        return loss / len(features), right / len(features)

    def forward(self, features):
        return _array(self.network.outputs(self._upload(features)))

    def place(self, form, a, b):
        a, b = self._upload(a), self._upload(b)
        self.operands = a.t() if form == "ATB" else a, b.t() if form == "ABT" else b
        self.c = self._nan(self.operands[0].shape[0], self.operands[1].shape[1])

    def products(self, count):
        self._synchronize()
        start = time.perf_counter()
        for _ in range(count):
            self.c = self.multiply(*self.operands, out=self.c)
        self._synchronize()
        return time.perf_counter() - start

    def take_product(self):
        c, self.c = self.c, self._nan(*self.c.shape)
        return _array(c)

    def _nan(self, *shape):
        return self.torch.full(shape, math.nan, dtype=self.dtype, device=self.device)

    def _synchronize(self):
        if self.device.type == "cuda":
            self.torch.cuda.synchronize(self.device)


class Network:
    """Parameters, resident data and the tensors of a step.

    `gradients` returns the sum of the losses of the rows (in binary64), activations, deltas, the gradients of weights,
    biases and gains, and the statistics of each normalized layer; `update` takes the last four. In place, all of them
    lie in memory that is allocated once, but for those of normalization; for torch.compile, which plans memory itself,
    the same operators return new tensors.
    """

    def __init__(self, torch, device, dtype, training, multiply, in_place):
        self.torch, self.multiply = torch, multiply
        self.cross_entropy = training.loss == "cross-entropy"
        self.optimizer, self.batch = training.optimizer, training.batch
        self.normalizes = training.normalizes
        self.unbiased = training.unbiased if self.normalizes else None
        self.activation = ACTIVATIONS[training.activation](torch)
        # A CUDA device adds the bias as it writes the product. On the CPU, addmm starts its sums from the bias, which
        # rounds each of them at the size of the bias, and is no faster than adding the bias after.
        self.adds_bias_in_product = device.type == "cuda" and multiply is torch.mm

        def zeros(*shape):
            return torch.zeros(shape, dtype=dtype, device=device)

        def buffer(*shape):
            return zeros(*shape) if in_place else None

        sizes, batch = training.sizes, training.batch
        learned = training.learned_shapes
        self.parameters = training.shapes.map(lambda shape: zeros(*shape))
        self.moments = [learned.map(lambda shape: zeros(*shape)) for _ in range(training.optimizer.moments)]
        self.features = torch.as_tensor(training.train_features).to(device=device, dtype=dtype)
        self.labels = torch.as_tensor(training.train_labels).to(device=device, dtype=torch.long).view(-1, 1)
        self.onehot = torch.eye(sizes[-1], dtype=dtype, device=device)
        self.input = buffer(batch, sizes[0])
        self.sums = [buffer(batch, n) for n in sizes[1:]]
        self.outputs_of_gelu = [buffer(batch, n) if self.activation.keeps_input else None for n in sizes[1:-1]]
        self.deltas = [buffer(batch, n) for n in sizes[1:]]
        self.targets = buffer(batch, sizes[-1])
        self.noisy_biases = [buffer(n) for n in sizes[1:-1]]
        self.of_weights = [buffer(*shape) for shape in learned.weights]
        self.of_biases = [buffer(*shape) for shape in learned.biases]
        adam = training.optimizer.rule == "adam"
        self.denominators = learned.map(lambda shape: buffer(*shape) if adam else None)

    def gradients(self, rows, noise, keep=False):
        torch, weights = self.torch, self.parameters.weights
        last = len(weights) - 1
        x = torch.index_select(self.features, 0, rows, out=self.input)
        labels = torch.index_select(self.labels, 0, rows)
        inputs, kept, normal, statistics = [x], [], [], []
        for layer, (w, bias) in enumerate(zip(weights, self.parameters.biases)):
            if noise and layer < last:
                bias = torch.add(bias, noise[layer], out=self.noisy_biases[layer])
            if self.normalizes and layer < last:
                z = self.multiply(inputs[layer], w, out=self.sums[layer])
                statistics.append(self._statistics(z))
                normal.append(self._normalize(z, *statistics[layer]))
                z = torch.addcmul(bias, normal[layer], self.parameters.gains[layer])
            else:
                z = self._layer(inputs[layer], w, bias, self.sums[layer])
            if layer < last:
                a = self.activation.into(z, self.outputs_of_gelu[layer])
                kept.append(z if self.activation.keeps_input else a)
                z = a
            inputs.append(z)
        loss, delta = self._loss_and_delta(inputs[-1], labels)
        deltas, of_weights, of_biases, of_gains = [], [], [], []
        for layer in range(last, -1, -1):
            deltas.insert(0, delta)
            of_biases.insert(0, torch.sum(delta, 0, out=self.of_biases[layer]))
            if self.normalizes and layer < last:
                of_gains.insert(0, (delta * normal[layer]).sum(0))
                shared = torch.addcmul(of_biases[0], normal[layer], of_gains[0]).div_(self.batch)
                inverse = self._inverse_deviation(statistics[layer][1])
                delta = (delta - shared).mul_(self.parameters.gains[layer] * inverse)
            of_weights.insert(0, self.multiply(inputs[layer].t(), delta, out=self.of_weights[layer]))
            if layer > 0:
                delta = self.multiply(delta, weights[layer].t(), out=self.deltas[layer - 1])
                delta = self.activation.backward(delta, kept[layer - 1])
        return loss, inputs[1:], deltas, of_weights, of_biases, of_gains, statistics

    def _statistics(self, products):
        """Means and variances of the columns."""
        variance, mean = self.torch.var_mean(products, 0, unbiased=False)
        return mean, variance

    def _inverse_deviation(self, variance):
        return (variance + EPSILON).sqrt_().reciprocal_()

    def _normalize(self, products, mean, variance):
        return (products - mean).mul_(self._inverse_deviation(variance))

    def _layer(self, x, w, bias, out=None):
        if self.adds_bias_in_product:
            return self.torch.addmm(bias, x, w, out=out)
        return self.multiply(x, w, out=out).add_(bias)

    def _loss_and_delta(self, z, labels):
        torch = self.torch
        y = torch.index_select(self.onehot, 0, labels.view(-1), out=self.targets)
        if self.cross_entropy:
            delta = torch.softmax(z, 1).sub_(y)
        else:
            delta = torch.sub(z, y, out=self.deltas[-1])
        return self.loss(z, labels), delta.mul_(1 / self.batch)

    def loss(self, z, labels):
        """The sum over the rows."""
        torch = self.torch
        if self.cross_entropy:
            return -torch.log_softmax(z, 1).gather(1, labels).sum(dtype=torch.float64)
        distance = z - torch.index_select(self.onehot, 0, labels.view(-1))
        return distance.square_().sum(dtype=torch.float64) / 2

    def outputs(self, x):
        parameters = self.parameters
        last = len(parameters.weights) - 1
        for layer, (w, bias) in enumerate(zip(parameters.weights, parameters.biases)):
            if self.normalizes and layer < last:
                normal = self._normalize(self.multiply(x, w), parameters.means[layer], parameters.variances[layer])
                x = self.torch.addcmul(bias, normal, parameters.gains[layer])
            else:
                x = self._layer(x, w, bias)
            if layer < last:
                x = self.activation.into(x, None)
        return x

    def update(self, of_weights, of_biases, of_gains, statistics, scalars):
        """`scalars` are the rates of weights and biases, layer by layer, those of gains, and Adam's correction: numbers
        or a tensor."""
        for layer in range(len(of_weights)):
            self._update("weights", layer, of_weights[layer], scalars[2 * layer], scalars[-1])
            self._update("biases", layer, of_biases[layer], scalars[2 * layer + 1], scalars[-1])
        for layer, (mean, variance) in enumerate(statistics):
            self._update("gains", layer, of_gains[layer], scalars[2 * len(of_weights) + layer], scalars[-1])
            self.parameters.means[layer].lerp_(mean, SHARE)
            self.parameters.variances[layer].lerp_(variance * self.unbiased, SHARE)

    def _update(self, kind, layer, g, rate, correction):
        torch, optimizer = self.torch, self.optimizer
        w = getattr(self.parameters, kind)[layer]
        setting = getattr(optimizer, kind)[layer]
        moments = [getattr(moment, kind)[layer] for moment in self.moments]
        if kind == "weights" and setting.decay != 0:
            g.add_(w, alpha=setting.decay)
        if optimizer.rule == "adam":
            m, v = moments
            m.lerp_(g, 1 - optimizer.first)
            v.mul_(optimizer.second).addcmul_(g, g, value=1 - optimizer.second)
            root = torch.mul(v, correction, out=getattr(self.denominators, kind)[layer]).sqrt_()
            denominator = root.add_(setting.epsilon)
            if isinstance(rate, float):
                w.addcdiv_(m, denominator, value=-rate)
            else:
                w.sub_(torch.div(m, denominator, out=denominator).mul_(rate))
            return
        if optimizer.rule != "sgd":
            v = torch.add(g, moments[0], alpha=optimizer.factor, out=moments[0])
            g = g.add_(v, alpha=optimizer.factor) if optimizer.rule == "nesterov" else v
        if isinstance(rate, float):
            w.add_(g, alpha=-rate)
        else:
            w.addcmul_(g, rate, value=-1)

    def copy(self, arrays, tensors):
        for array, tensor in zip(_each(arrays), _each(tensors)):
            tensor.copy_(self.torch.as_tensor(array))

    def _state(self):
        return [tensor for tensors in (self.parameters, *self.moments) for tensor in _each(tensors)]

    def saved(self):
        return [tensor.clone() for tensor in self._state()]

    def restore(self, saved):
        for tensor, value in zip(self._state(), saved):
            tensor.copy_(value)


class AutogradNetwork(Network):
    """Gradients by autograd; they are new tensors in each step, so that none is set to zero."""

    def gradients(self, rows, noise, keep=False):
        torch = self.torch
        x = torch.index_select(self.features, 0, rows, out=self.input)
        labels = torch.index_select(self.labels, 0, rows)
        with torch.enable_grad():
            weights = [w.detach().requires_grad_() for w in self.parameters.weights]
            biases = [b.detach().requires_grad_() for b in self.parameters.biases]
            gains = [g.detach().requires_grad_() for g in self.parameters.gains]
            sums, outputs, statistics = [], [], []
            for layer, (w, bias) in enumerate(zip(weights, biases)):
                hidden = layer < len(weights) - 1
                if noise and hidden:
                    bias = bias + noise[layer]
                if self.normalizes and hidden:
                    z = self.multiply(x, w)
                    statistics.append(self._statistics(z.detach()))
                    batch_norm = torch.nn.functional.batch_norm
                    z = batch_norm(z, None, None, gains[layer], training=True, eps=EPSILON) + bias
                else:
                    z = self._layer(x, w, bias)
                x = self.activation.plain(z) if hidden else z
                sums.append(z)
                outputs.append(x)
            loss = self.loss(x, labels)
            wanted = weights + biases + gains + (sums if keep else [])
            found = torch.autograd.grad(loss / self.batch, wanted)
        n, learned = len(weights), 2 * len(weights) + len(gains)
        return (
            loss.detach(),
            [a.detach() for a in outputs],
            list(found[learned:]),
            list(found[:n]),
            list(found[n : 2 * n]),
            list(found[2 * n : learned]),
            statistics,
        )

    def loss(self, z, labels):
        functional, double = self.torch.nn.functional, self.torch.float64
        if self.cross_entropy:
            return functional.cross_entropy(z, labels.view(-1), reduction="none").sum(dtype=double)
        return (
            functional.mse_loss(z, self.onehot.index_select(0, labels.view(-1)), reduction="none").sum(dtype=double) / 2
        )


class CompiledNetwork(Network):
    """For torch.compile, which turns a product and a sum into addmm: see where Network adds the bias."""

    def _layer(self, x, w, bias, out=None):
        return self.multiply(x, w).sub_(-bias)


class _Compiled:
    """Both halves of a step by torch.compile."""

    def __init__(self, network):
        torch = network.torch
        torch._dynamo.reset()  # what was compiled for a training before
        self.compiled = torch.compile(network.gradients, dynamic=False, fullgraph=True)
        self.update = torch.compile(network.update, dynamic=False, fullgraph=True)

    def gradients(self, rows, noise, keep=False):
        return self.compiled(rows, noise)


class _Captured:
    """Both halves of a step as CUDA graphs, which read what is due from the same memory each time."""

    def __init__(self, network, rows, noise, scalars):
        torch = network.torch
        self.rows, self.noise, self.scalars = rows, noise, scalars
        stream = torch.cuda.Stream(rows.device)  # capture wants to have been warmed up on another stream
        stream.wait_stream(torch.cuda.current_stream(rows.device))
        with torch.cuda.stream(stream):
            for _ in range(3):
                _, _, _, *gradients = network.gradients(rows, noise)
                network.update(*gradients, scalars)
        torch.cuda.current_stream(rows.device).wait_stream(stream)
        self.first, self.second = torch.cuda.CUDAGraph(), torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.first):
            self.results = network.gradients(rows, noise)
        with torch.cuda.graph(self.second, pool=self.first.pool()):
            network.update(*self.results[3:], scalars)

    def gradients(self, rows, noise, keep=False):
        self.rows.copy_(rows)
        for mine, due in zip(self.noise, noise):
            mine.copy_(due)
        self.first.replay()
        return self.results

    def update(self, *due):
        self.scalars.copy_(due[-1])
        self.second.replay()


class Activation:
    """tanh, and what the others have in common with it."""

    keeps_input = False  # whether the derivative needs the weighted input instead of the output

    def __init__(self, torch):
        self.aten, self.functional = torch.ops.aten, torch.nn.functional

    def plain(self, z):
        return z.tanh()

    def into(self, z, out):
        """The same in place, or in the memory `out` if the input is kept."""
        return z.tanh_()

    def backward(self, delta, kept):
        """Multiplies a delta by the derivative in place."""
        return self.aten.tanh_backward.grad_input(delta, kept, grad_input=delta)


class Identity(Activation):
    def plain(self, z):
        return z

    def into(self, z, out):
        return z

    def backward(self, delta, kept):
        return delta


class Relu(Activation):
    def plain(self, z):
        return z.relu()

    def into(self, z, out):
        return z.relu_()

    def backward(self, delta, kept):
        return self.aten.threshold_backward.grad_input(delta, kept, 0, grad_input=delta)


class LeakyRelu(Activation):
    SLOPE = 0.009999999776482582  # the binary32 number next to 0.01

    def plain(self, z):
        return self.functional.leaky_relu(z, self.SLOPE)

    def into(self, z, out):
        return self.functional.leaky_relu_(z, self.SLOPE)

    def backward(self, delta, kept):
        return self.aten.leaky_relu_backward.grad_input(delta, kept, self.SLOPE, True, grad_input=delta)


class Sigmoid(Activation):
    def plain(self, z):
        return z.sigmoid()

    def into(self, z, out):
        return z.sigmoid_()

    def backward(self, delta, kept):
        return self.aten.sigmoid_backward.grad_input(delta, kept, grad_input=delta)


class Gelu(Activation):
    keeps_input = True

    def plain(self, z):
        return self.functional.gelu(z, approximate="tanh")

    def into(self, z, out):
        return self.plain(z) if out is None else self.aten.gelu.out(z, approximate="tanh", out=out)

    def backward(self, delta, kept):
        return self.aten.gelu_backward.grad_input(delta, kept, approximate="tanh", grad_input=delta)


ACTIVATIONS = {
    "identity": Identity,
    "relu": Relu,
    "leaky-relu": LeakyRelu,
    "tanh": Activation,
    "sigmoid": Sigmoid,
    "gelu": Gelu,
}


def _product_of_bfloat16(torch, device):
    """Sums and results must be binary32, and PyTorch's usual product of bfloat16 rounds its results."""

    def by_tensor_cores(a, b, out=None):
        """products of bfloat16 with binary32 results"""
        return torch.mm(a.bfloat16(), b.bfloat16(), out_dtype=torch.float32)

    def by_rounding(a, b, out=None):
        """operands rounded to bfloat16, then products in binary32"""
        return torch.mm(a.bfloat16().float(), b.bfloat16().float(), out=out)

    try:
        by_tensor_cores(*(torch.ones(16, 16, device=device) for _ in range(2)))
    except (TypeError, RuntimeError):  # an older PyTorch, or a device without such products
        return by_rounding
    return by_tensor_cores


def _array(tensor):
    return tensor.detach().cpu().numpy()


def _each(tensors):
    return [tensor for kind in vars(tensors).values() for tensor in kind]


if __name__ == "__main__":
    arguments = command_line.library_parser(DESCRIPTION, EXAMPLES, PRECISIONS, MODES).parse_args()
    lockstep_program.serve(lambda hello: PyTorchBackend(arguments, hello), arguments.threads)
