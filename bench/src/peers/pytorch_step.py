#!/usr/bin/env python3
"""Times the training step of bench/lockstep in PyTorch, on a CUDA device or the CPU.

The same step as `dev.lockstep.bench.harness.StepBenchmark` times: rows gathered from resident data,
forward, softmax cross-entropy, backward, SGD in place. Before and after it is timed, one step of the
very parameters that are timed is held against the same step in float64, element by element, within
the a-priori rounding bound (`StepBound`): no verdict, no number. The output has the fields of
`dev.lockstep.bench.timing.Measurement.json()`.

Modes:
  autograd  eager, gradients by loss.backward(), none zeroed: what most programs do
  eager     eager, backward written out, everything in place
  compile   the step of `eager` by torch.compile
  graph     the step of `eager`, captured once as a CUDA graph and replayed (CUDA only)
"""

import argparse
import json
import math
import statistics
import sys
import time

EXAMPLES = """examples:
  pytorch_step.py --width 1024 --batch 256 --out step.json
  pytorch_step.py --width 256,1024,4096 --modes eager,graph --precision fp32,tf32
  pytorch_step.py --width 1021 --batch 250 --init equal        counts unit classes, too
  pytorch_step.py --device cpu --threads 2 --modes eager       no CUDA needed

Exits with 0 if every step agreed, 1 if one did not or failed, 2 if it cannot run at all.
"""

LOCKSTEP_STEPS = 200  # after which unit classes of equal units are counted

MODES = ("autograd", "eager", "compile", "graph")
PRECISIONS = ("fp32", "tf32")

# The a-priori bound; see OperandRounding.java and StepBound.java for where it comes from.
U = 2.0**-24
UNDERFLOW = 2.0**-126  # an operation may flush to zero
ELEMENTARY_ULPS = 4  # of exp, log and tanh in CUDA and Triton: 2 by their documentation, doubled
SLACK = 1.001
ROUNDING = {"fp32": (0.0, 2.0**-24), "tf32": (2.0**-10, 2.0**-22)}


class BadInput(Exception):
    """One sentence that names the flag and its value."""


def whole_numbers(flag, text):
    try:
        values = [int(part) for part in text.split(",")]
    except ValueError:
        values = [0]
    if min(values) < 1:
        raise BadInput(f"{flag}: {text}: expected whole numbers from 1, separated by commas")
    return values


def names(flag, text, known):
    values = text.split(",")
    for value in values:
        if value not in known:
            raise BadInput(f"{flag}: {value}: expected some of {', '.join(known)}")
    return values


def sizes_of(inputs, width, depth, classes):
    """Units of the input, the hidden layers and the output."""
    return [inputs] + [width] * depth + [classes]


def rates_of(sizes, rate, init):
    """Rates of weights and biases of each layer: with equal units those that make the network move
    as the one with a single unit a layer does (LearningRate.Quotient)."""
    if init == "random":
        return [(rate, rate)] * (len(sizes) - 1)
    counts = [1] + sizes[1:-1] + [1]
    return [(rate * out / into, rate * out) for into, out in zip(counts, counts[1:])]


def calls_of(window_ms, call_ms):
    """Calls of a window, from what one call took."""
    return max(1, min(2000, int(window_ms / max(1e-6, call_ms))))


def measurement(backend, what, verdict, reason, first_ms=0.0, windows=()):
    """One measurement as Measurement.json() writes it."""
    record = {"kind": "step", "backend": backend, "what": what, "verdict": verdict, "reason": reason}
    if verdict == "AGREES":
        record["first-call-ms"] = first_ms
        record["median-wall-ms"] = statistics.median(w["wall-ms-a-call"] for w in windows)
        if all("device-ms-a-call" in w for w in windows):
            record["median-device-ms"] = statistics.median(w["device-ms-a-call"] for w in windows)
        record["work"] = 0
        record["windows"] = list(windows)
    return record


def line_of(record):
    """The measurement in one line."""
    start = f"{record['kind']:9s} {record['backend']:22s} {record['what']:48s} "
    if record["verdict"] != "AGREES":
        return start + record["verdict"] + "  " + record["reason"]
    device = record.get("median-device-ms")
    return start + (f"{device:10.4f} ms device" if device is not None else "") + (
        f"{record['median-wall-ms']:10.4f} ms wall  first {record['first-call-ms']:.0f} ms"
    )


class Tanh:
    """An activation as a step computes it, in float64, and with the errors that StepBound allows.

    What the derivative is taken from is kept: the output, or the input where `keeps_input` says so.
    """

    keeps_input = False

    def __init__(self, torch):
        self.torch = torch

    def in_place(self, z):
        return z.tanh_()

    def plain(self, z):
        return z.tanh()

    def backward(self, delta, kept):
        return self.torch.ops.aten.tanh_backward(delta, kept)

    def error(self, z, a, of_sum):
        return of_sum.clamp(max=2) + ELEMENTARY_ULPS * 2 * U * a.abs() + UNDERFLOW

    def below(self, upstream, error, z, z_error, a, a_error):
        """Value and error of a delta, from those of the product before the derivative."""
        slope = 1 - a * a
        slope_error = a_error * (2 * a.abs() + a_error)
        slope_error = slope_error + 2 * U * (1 + slope_error)  # fused or not
        return by_slope(upstream, error, slope, slope_error)


class Sigmoid(Tanh):
    def in_place(self, z):
        return z.sigmoid_()

    def plain(self, z):
        return z.sigmoid()

    def backward(self, delta, kept):
        return self.torch.ops.aten.sigmoid_backward(delta, kept)

    def error(self, z, a, of_sum):
        return (of_sum / 4).clamp(max=1) + ELEMENTARY_ULPS * 2 * (U * a + UNDERFLOW)

    def below(self, upstream, error, z, z_error, a, a_error):
        slope = a * (1 - a)
        slope_error = a_error * ((1 - 2 * a).abs() + a_error)
        slope_error = slope_error + 2 * U * (slope + slope_error) + UNDERFLOW
        return by_slope(upstream, error, slope, slope_error)


class Relu(Tanh):
    negative = 0.0  # what is left of a number that is not above zero

    def in_place(self, z):
        return z.relu_()

    def plain(self, z):
        return z.relu()

    def backward(self, delta, kept):
        return self.torch.ops.aten.threshold_backward(delta, kept, 0)

    def error(self, z, a, of_sum):
        return of_sum

    def below(self, upstream, error, z, z_error, a, a_error):
        # A sign that rounding may change decides which slope it is.
        torch = self.torch
        slope = torch.where(z > 0, torch.ones_like(z), torch.full_like(z, self.negative))
        slope_error = torch.where(
            z.abs() <= z_error, torch.full_like(z, 1 - self.negative), torch.zeros_like(z)
        )
        return by_slope(upstream, error, slope, slope_error)


class LeakyRelu(Relu):
    negative = 0.009999999776482582  # the binary32 number next to 0.01

    def in_place(self, z):
        return self.torch.nn.functional.leaky_relu_(z, self.negative)

    def plain(self, z):
        return self.torch.nn.functional.leaky_relu(z, self.negative)

    def backward(self, delta, kept):
        return self.torch.ops.aten.leaky_relu_backward(delta, kept, self.negative, True)

    def error(self, z, a, of_sum):
        return of_sum + U * (a.abs() + of_sum) + UNDERFLOW


class Gelu(Tanh):
    """In the tanh form."""

    keeps_input = True
    LINEAR = math.sqrt(2 / math.pi)
    CUBIC = 0.044715
    ROUNDINGS = 8  # of what the tanh is taken of, whose terms all have one sign
    SLOPE_ROUNDINGS = 9  # seven of the factor c (1 + 3 k z^2), and two products

    def in_place(self, z):
        return self.plain(z)

    def plain(self, z):
        return self.torch.nn.functional.gelu(z, approximate="tanh")

    def backward(self, delta, kept):
        return self.torch.ops.aten.gelu_backward(delta, kept, approximate="tanh")

    def tanh(self, z):
        h = (self.LINEAR * (z + self.CUBIC * z**3)).tanh()
        return h, self.ROUNDINGS * U * 0.4483 + ELEMENTARY_ULPS * 2 * U * h.abs()

    def error(self, z, a, of_sum):
        _, of_tanh = self.tanh(z)
        of_half = z.abs() / 2 * of_tanh
        return 1.13 * of_sum + of_half + 2 * U * (a.abs() + of_half) + 2 * UNDERFLOW

    def below(self, upstream, error, z, z_error, a, a_error):
        h, of_tanh = self.tanh(z)
        bell = 1 - h * h
        of_bell = of_tanh * (2 * h.abs() + of_tanh) + 2 * U
        # From 10 on h is one, whatever the factor is.
        inner = z.abs() / 2 * self.LINEAR * (1 + 3 * self.CUBIC * z.clamp(-10, 10) ** 2)
        slope = (1 + h) / 2 + z.sign() * inner * bell
        product = inner * (bell + of_bell)
        half = (1 + h + of_tanh) / 2
        slope_error = 0.8 * z_error + of_tanh / 2 + inner * of_bell
        slope_error = slope_error + self.SLOPE_ROUNDINGS * U * product + 2 * U * half
        slope_error = slope_error + U * (product + half) + 4 * UNDERFLOW
        return by_slope(upstream, error, slope, slope_error)


ACTIVATIONS = {
    "tanh": Tanh,
    "relu": Relu,
    "leaky-relu": LeakyRelu,
    "sigmoid": Sigmoid,
    "gelu": Gelu,
}


def by_slope(upstream, error, slope, slope_error):
    """A product with a slope that errs too, rounded."""
    both = error * (slope.abs() + slope_error) + upstream.abs() * slope_error
    return upstream * slope, both + U * ((upstream * slope).abs() + both) + UNDERFLOW


class Network:
    """Parameters, resident data and every tensor of a step, allocated once.

    Weights are in x out, biases out; features rows x inputs. `order` holds the rows of each step,
    `counter` the step that is due, on the device, so that a captured step reads other rows each time.
    """

    def __init__(self, torch, options, width, batch):
        self.torch = torch
        self.device = torch.device(options.device)
        self.function = ACTIVATIONS[options.activation](torch)
        self.sizes = sizes_of(options.inputs, width, options.depth, options.classes)
        self.rates = rates_of(self.sizes, options.rate, options.init)
        self.batch = batch
        generator = torch.Generator().manual_seed(options.seed)
        rows = max(options.rows, batch)
        self.features = self._uniform(generator, rows, options.inputs).to(self.device)
        self.classes = torch.randint(
            options.classes, (rows,), generator=generator
        ).to(self.device)
        steps = rows // batch
        self.order = (
            torch.randperm(rows, generator=generator)[: steps * batch]
            .view(steps, batch)
            .to(self.device)
        )
        self.counter = torch.zeros(1, dtype=torch.long, device=self.device)
        self.initial = [t.to(self.device) for t in self._draw(generator, options.init)]
        self.parameters = [t.clone() for t in self.initial]
        self.loss = torch.zeros((), device=self.device)
        self.gradients = [torch.zeros_like(t) for t in self.parameters]

    def _uniform(self, generator, *shape):
        return 2 * self.torch.rand(*shape, generator=generator) - 1

    def _draw(self, generator, init):
        torch = self.torch
        parameters = []
        last = len(self.sizes) - 2
        for layer, (into, out) in enumerate(zip(self.sizes, self.sizes[1:])):
            limit = math.sqrt(6 / (into + out))
            rows = 1 if init == "equal" and layer > 0 else into
            columns = 1 if init == "equal" and layer < last else out
            weights = limit * self._uniform(generator, rows, columns)
            parameters.append(weights.expand(into, out).contiguous())
            parameters.append(torch.zeros(out))
        return parameters

    def layers(self):
        return range(len(self.sizes) - 1)

    def reset(self):
        """Back to the initial parameters, in the same memory."""
        for parameter, initial in zip(self.parameters, self.initial):
            parameter.copy_(initial)
        self.counter.zero_()

    def rows(self):
        """Features and classes of the step that is due."""
        numbers = self.order.index_select(0, self.counter).view(-1)
        return self.features.index_select(0, numbers), self.classes.index_select(0, numbers)

    def count(self):
        self.counter.add_(1).remainder_(self.order.shape[0])

    def eager(self):
        """One step with the backward pass written out; returns the gradients and the loss."""
        torch = self.torch
        x, labels = self.rows()
        outputs, kept = [x], []
        for layer in self.layers():
            weights, bias = self.parameters[2 * layer], self.parameters[2 * layer + 1]
            z = torch.addmm(bias, outputs[-1], weights)
            if layer < len(self.sizes) - 2:
                a = self.function.in_place(z)
                kept.append(z if self.function.keeps_input else a)
                z = a
            outputs.append(z)
        logits = outputs[-1]
        loss = torch.nn.functional.cross_entropy(logits, labels)
        delta = logits.softmax(1)
        delta.scatter_add_(1, labels.view(-1, 1), delta.new_full((self.batch, 1), -1.0))
        delta.mul_(1 / self.batch)
        gradients = [None] * len(self.parameters)
        for layer in reversed(self.layers()):
            below = outputs[layer]
            gradients[2 * layer] = below.t() @ delta
            gradients[2 * layer + 1] = delta.sum(0)
            if layer > 0:
                delta = delta @ self.parameters[2 * layer].t()
                delta = self.function.backward(delta, kept[layer - 1])
        self.update(gradients)
        self.count()
        return gradients, loss

    def autograd(self):
        """One step by autograd; gradients are new each time, so that none is zeroed."""
        torch = self.torch
        x, labels = self.rows()
        leaves = [p.detach().requires_grad_() for p in self.parameters]
        a = x
        for layer in self.layers():
            a = torch.addmm(leaves[2 * layer + 1], a, leaves[2 * layer])
            if layer < len(self.sizes) - 2:
                a = self.function.plain(a)
        loss = torch.nn.functional.cross_entropy(a, labels)
        loss.backward()
        gradients = [leaf.grad for leaf in leaves]
        self.update(gradients)
        self.count()
        return gradients, loss.detach()

    def update(self, gradients):
        for layer in self.layers():
            weight_rate, bias_rate = self.rates[layer]
            self.parameters[2 * layer].add_(gradients[2 * layer], alpha=-weight_rate)
            self.parameters[2 * layer + 1].add_(gradients[2 * layer + 1], alpha=-bias_rate)

    def unit_classes(self):
        """Classes of equal units in each hidden layer, by value: one where lockstep held."""
        torch = self.torch
        counts = []
        for layer in range(len(self.sizes) - 2):
            units = torch.cat(
                [
                    self.parameters[2 * layer].t(),
                    self.parameters[2 * layer + 1].view(-1, 1),
                    self.parameters[2 * layer + 2],
                ],
                dim=1,
            )
            bits = (units + 0.0).contiguous().view(torch.int32)  # -0 + 0 is +0
            counts.append(int(torch.unique(bits, dim=0).shape[0]))
        return counts


class ExactStep:
    """The step that is due, in float64 from the present float32 parameters, and its bound."""

    def __init__(self, network, precision):
        torch = network.torch
        self.torch = torch
        self.operand, self.unit = ROUNDING[precision]
        self.batch = network.batch
        x, labels = network.rows()
        parameters = [p.double() for p in network.parameters]
        layers = network.layers()
        outputs, errors, sums, sum_errors = [x.double()], [torch.zeros_like(x).double()], [], []
        for layer in layers:
            weights, bias = parameters[2 * layer], parameters[2 * layer + 1]
            z = outputs[-1] @ weights + bias
            error = self.product_error(outputs[-1], errors[-1], weights)
            error = error + U * (z.abs() + error) + UNDERFLOW
            a, a_error = z, error
            if layer < len(network.sizes) - 2:
                a = network.function.plain(z)
                a_error = network.function.error(z, a, error)
            sums.append(z)
            sum_errors.append(error)
            outputs.append(a)
            errors.append(a_error)
        self.loss, self.loss_error, delta, delta_error = self.cross_entropy(
            sums[-1], sum_errors[-1], labels
        )
        self.gradients, self.gradient_errors = [None] * len(parameters), [None] * len(parameters)
        for layer in reversed(layers):
            below, below_error = outputs[layer], errors[layer]
            self.gradients[2 * layer] = below.t() @ delta
            self.gradient_errors[2 * layer] = self.product_error(
                below.t(), below_error.t(), delta, delta_error
            )
            self.gradients[2 * layer + 1] = delta.sum(0)
            self.gradient_errors[2 * layer + 1] = (
                delta_error + gamma(self.batch, U) * (delta.abs() + delta_error) + UNDERFLOW
            ).sum(0)
            if layer > 0:
                weights_t = parameters[2 * layer].t()
                delta, delta_error = network.function.below(
                    delta @ weights_t,
                    self.product_error(delta, delta_error, weights_t),
                    sums[layer - 1],
                    sum_errors[layer - 1],
                    below,
                    below_error,
                )
        self.updated, self.updated_errors = [], []
        for i, (parameter, gradient) in enumerate(zip(parameters, self.gradients)):
            rate = network.rates[i // 2][i % 2]
            # The rate itself is rounded to float32 by some kernels and not by others.
            moved = rate * (self.gradient_errors[i] + 2 * U * gradient.abs()) + UNDERFLOW
            result = parameter - rate * gradient
            self.updated.append(result)
            self.updated_errors.append(moved + U * (result.abs() + moved) + UNDERFLOW)

    def product_error(self, a, a_error, b, b_error=None):
        """|dA|(|B| + |dB|) + |A||dB| + r (|A| + |dA|)(|B| + |dB|)."""
        terms = a.shape[1]
        of_term = 2 * self.operand + self.operand**2
        relative = of_term + gamma(terms, self.unit) * (1 + of_term)
        reach = b.abs() if b_error is None else b.abs() + b_error
        error = (a_error + relative * (a.abs() + a_error)) @ reach
        if b_error is not None:
            error = error + a.abs() @ b_error
        subnormal = self.operand * 2.0**-126
        largest = (a.abs() + a_error).max() + reach.max()
        return error + terms * (UNDERFLOW + subnormal * (largest + subnormal))

    def cross_entropy(self, z, z_error, labels):
        """Loss and its gradient by the logits, by softmax or by exp of log-softmax: the larger of
        both bounds."""
        torch = self.torch
        classes = z.shape[1]
        scale = 1 / self.batch
        top = z.max(1, keepdim=True).values
        d = z - top
        d_error = z_error + z_error.max(1, keepdim=True).values
        d_error = d_error + U * (d.abs() + d_error)
        relative = torch.expm1(d_error) * (1 + 4 * U) + ELEMENTARY_ULPS * 2 * U
        powers = d.exp()
        total = powers.sum(1, keepdim=True)
        sum_error = (powers * relative + UNDERFLOW).sum(1, keepdim=True) / total
        sum_error = sum_error + gamma(classes, U) * (1 + sum_error)
        log_total = total.log()
        log_error = -torch.log1p(-sum_error.clamp(max=1)) + ELEMENTARY_ULPS * 2 * U * log_total
        log_error = log_error.clamp(max=math.log(classes) + gamma(classes, U))
        p = powers / total
        onehot = torch.zeros_like(p).scatter_(1, labels.view(-1, 1), 1.0)
        by_quotient = (1 + relative) * (1 + 2 * U) / (1 - sum_error).clamp(min=1e-300) - 1
        of_logarithm = d_error + log_error + U * (d.abs() + log_total + d_error + log_error)
        by_logarithm = torch.expm1(of_logarithm) * (1 + 4 * U) + ELEMENTARY_ULPS * 2 * U
        p_error = (p * torch.maximum(by_quotient, by_logarithm) + UNDERFLOW).clamp(max=1 + 4 * U)
        distance = (p - onehot).abs()
        difference = p_error + U * (distance + p_error)
        delta = (p - onehot) * scale
        delta_error = (difference * (1 + 3 * U) + distance * 2.1 * U) * scale + UNDERFLOW
        row_loss = (log_total - d).gather(1, labels.view(-1, 1))
        row_error = of_logarithm.max(1, keepdim=True).values + d_error.max(1, keepdim=True).values
        loss = row_loss.mean()
        loss_error = row_error.mean()
        loss_error = loss_error + gamma(self.batch + 1, U) * (loss + loss_error)
        return loss, loss_error, delta, delta_error

    def share(self, gradients, loss, parameters):
        """The largest share of a bound that a step used; above 1 it disagrees."""
        share = excess(loss.double(), self.loss, self.loss_error)
        for actual, exact, error in zip(gradients, self.gradients, self.gradient_errors):
            share = max(share, excess(actual.double(), exact, error))
        for actual, exact, error in zip(parameters, self.updated, self.updated_errors):
            share = max(share, excess(actual.double(), exact, error))
        return share


def gamma(terms, unit):
    """The error of adding so many terms in any order, relative to the sum of magnitudes."""
    return terms * unit / (1 - terms * unit)


def excess(actual, exact, error):
    used = float(((actual - exact).abs() / (error * SLACK)).max())
    return math.inf if math.isnan(used) else used


def rounds_operands(network):
    """Whether any product of the step's shapes rounds its operands: 1024.75 times 1, of which TF32
    makes 1024 or 1025. A bound over hundreds of terms is too wide to tell."""
    torch = network.torch
    batch = network.batch
    for into, out in zip(network.sizes, network.sizes[1:]):
        for m, k, n in ((batch, into, out), (batch, out, into), (into, batch, out)):
            a = torch.zeros(m, k, device=network.device)
            b = torch.zeros(k, n, device=network.device)
            a[:, 0] = 1024.75
            b[0, :] = 1.0
            if m == into:  # the weight gradient, whose left operand is a transposed view
                a = a.t().contiguous().t()
            if k == out and n == into:  # the deltas below, whose right one is
                b = b.t().contiguous().t()
            if bool((a @ b != 1024.75).any()):
                return True
    return False


class TimedStep:
    """A step in one mode; `run` does some, `verify` one."""

    def __init__(self, network, mode, precision):
        self.network = network
        self.precision = precision
        torch = network.torch
        if mode == "autograd":
            self.step = network.autograd
        elif mode == "eager":
            self.step = self.without_graph(network.eager)
        elif mode == "compile":
            torch._dynamo.reset()  # what was compiled for another precision
            self.step = self.without_graph(torch.compile(network.eager, fullgraph=True))
        else:
            self.step = self.captured(network)

    def without_graph(self, function):
        def step():
            with self.network.torch.no_grad():
                return function()

        return step

    def captured(self, network):
        """Warmed up on a stream of its own, as capture demands, then captured."""
        torch = network.torch
        step = self.without_graph(network.eager)
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                step()
        torch.cuda.current_stream().wait_stream(stream)
        network.reset()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            results = step()
        network.reset()

        def replay():
            graph.replay()
            return results

        return replay

    def synchronize(self):
        if self.network.device.type == "cuda":
            self.network.torch.cuda.synchronize()

    def verify(self):
        """Two steps from the initial parameters, of which the second is judged: its share."""
        self.network.reset()
        self.step()
        self.synchronize()
        with self.network.torch.no_grad():
            exact = ExactStep(self.network, self.precision)
        gradients, loss = self.step()
        self.synchronize()
        share = exact.share(gradients, loss, self.network.parameters)
        return share if math.isfinite(float(loss)) else math.inf

    def window(self, calls):
        """Milliseconds a call: by the clock, with one wait at the end, and by CUDA events."""
        torch = self.network.torch
        self.network.reset()
        self.synchronize()
        events = None
        if self.network.device.type == "cuda":
            events = [torch.cuda.Event(enable_timing=True) for _ in range(2)]
        start = time.perf_counter()
        if events:
            events[0].record()
        for _ in range(calls):
            self.step()
        if events:
            events[1].record()
        self.synchronize()
        wall = (time.perf_counter() - start) * 1e3
        result = {"calls": calls, "wall-ms-a-call": wall / calls}
        if events:
            result["device-ms-a-call"] = events[0].elapsed_time(events[1]) / calls
        return result


def measure(torch, options, width, batch, mode, precision):
    backend = f"pytorch-{mode}-{precision}"
    shape = "-".join(str(size) for size in sizes_of(options.inputs, width, options.depth, options.classes))
    where = "" if options.device == "cuda" else f", {torch.get_num_threads()} threads"
    what = f"{shape} {options.activation}, batch {batch}, {options.init}{where}"
    if options.device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    try:
        start = time.perf_counter()
        network = Network(torch, options, width, batch)
        rounded = rounds_operands(network)
        if rounded and precision == "fp32":
            return measurement(backend, what, "DIFFERS", "products round their operands to TF32")
        timed = TimedStep(network, mode, precision)
        timed.window(1)
        first = (time.perf_counter() - start) * 1e3
        before = timed.verify()
        if not before <= 1:
            return measurement(backend, what, "DIFFERS", f"before: {100 * before:.2g}% of the bound")
        calls, end = 1, time.perf_counter() + options.warm_up_ms * 1e-3
        while True:
            calls = calls_of(options.window_ms, timed.window(calls)["wall-ms-a-call"])
            if time.perf_counter() >= end:
                break
        windows = [timed.window(calls) for _ in range(options.windows)]
        if not all(bool(p.isfinite().all()) for p in network.parameters):
            return measurement(backend, what, "INCONCLUSIVE", "a parameter was not finite")
        classes = None
        if options.init == "equal":
            timed.window(LOCKSTEP_STEPS)
            classes = network.unit_classes()
        after = timed.verify()
        if not after <= 1:
            return measurement(backend, what, "DIFFERS", f"after: {100 * after:.2g}% of the bound")
        reason = f"before: within {100 * before:.2g}% of the bound; after: within {100 * after:.2g}%"
        record = measurement(backend, what, "AGREES", reason, first, windows)
        record["operands-rounded"] = rounded
        if classes is not None:
            record["unit-classes"] = classes
            record["unit-classes-after-steps"] = LOCKSTEP_STEPS
        return record
    except Exception as failure:  # of one mode; the others go on, and the exit status tells
        sentence = (str(failure).strip() or type(failure).__name__).splitlines()[0]
        return measurement(backend, what, "FAILED", f"{type(failure).__name__}: {sentence}")


def environment(torch, options):
    record = {"torch": torch.__version__, "device": options.device}
    if options.device == "cuda":
        record["gpu"] = torch.cuda.get_device_name()
        record["compute-capability"] = "%d.%d" % torch.cuda.get_device_capability()
        record["cuda"] = torch.version.cuda
    else:
        record["threads"] = torch.get_num_threads()
    return record


def parser():
    p = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--width", default="1024", help="units of a hidden layer; several by commas")
    p.add_argument("--depth", type=int, default=2, help="hidden layers")
    p.add_argument("--batch", default="256", help="rows of a step; several by commas")
    p.add_argument("--inputs", type=int, default=784)
    p.add_argument("--classes", type=int, default=10)
    p.add_argument("--rows", type=int, default=4096, help="rows of resident data")
    p.add_argument("--activation", choices=tuple(ACTIVATIONS), default="tanh")
    p.add_argument("--init", choices=("random", "equal"), default="random")
    p.add_argument("--rate", type=float, default=0.01, help="learning rate")
    p.add_argument("--modes", help="some of " + ", ".join(MODES) + "; all that the device has")
    p.add_argument("--precision", help="some of fp32, tf32; on the CPU fp32 alone")
    p.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    p.add_argument("--threads", type=int, help="of the CPU")
    p.add_argument("--windows", type=int, default=7, help="how many are timed; their median counts")
    p.add_argument("--window-ms", type=float, default=60, help="how long a window should last")
    p.add_argument("--warm-up-ms", type=float, default=500)
    p.add_argument("--seed", type=int, default=20261124)
    p.add_argument("--out", help="file for the JSON; else it goes to stdout")
    return p


def check(options):
    """Lists and ranges of the flags."""
    for flag in ("depth", "inputs", "classes", "rows", "windows"):
        if getattr(options, flag) < 1:
            raise BadInput(f"--{flag}: {getattr(options, flag)}: expected 1 or more")
    if options.threads is not None and options.threads < 1:
        raise BadInput(f"--threads: {options.threads}: expected 1 or more")
    on_cpu = options.device == "cpu"
    usual_modes = "autograd,eager" if on_cpu else ",".join(MODES)
    options.modes = names("--modes", options.modes or usual_modes, MODES)
    usual_precisions = "fp32" if on_cpu else ",".join(PRECISIONS)
    options.precision = names("--precision", options.precision or usual_precisions, PRECISIONS)
    if on_cpu and "graph" in options.modes:
        raise BadInput("--modes: graph: needs --device cuda")
    if on_cpu and "tf32" in options.precision:
        raise BadInput("--precision: tf32: needs --device cuda")
    options.width = whole_numbers("--width", options.width)
    options.batch = whole_numbers("--batch", options.batch)


def main(arguments):
    options = parser().parse_args(arguments)
    check(options)
    try:
        import torch
    except ImportError as missing:
        raise BadInput(f"needs PyTorch, which this python3 cannot import ({missing})")
    if options.device == "cuda" and not torch.cuda.is_available():
        raise BadInput("--device: cuda: PyTorch finds no CUDA device; try --device cpu")
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    records = []
    for width in options.width:
        for batch in options.batch:
            for precision in options.precision:
                for mode in options.modes:
                    records.append(measure(torch, options, width, batch, mode, precision))
                    print(line_of(records[-1]), file=sys.stderr, flush=True)
    text = json.dumps({"environment": environment(torch, options), "measurements": records}, indent=2)
    if options.out is None:
        print(text)
    else:
        try:
            with open(options.out, "x", encoding="utf-8") as out:
                out.write(text + "\n")
        except OSError as failure:
            print(text)
            raise BadInput(f"--out: {options.out}: cannot be written ({failure.strerror})")
    return 0 if all(record["verdict"] == "AGREES" for record in records) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BadInput as bad:
        print(f"pytorch_step.py: {bad}", file=sys.stderr)
        sys.exit(2)
