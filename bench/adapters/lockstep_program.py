"""What the Python adapters share: the conversation with Lockstep that docs/programs.md specifies.

An adapter derives a class from Backend and ends with

    if __name__ == "__main__":
        arguments = parser.parse_args()
        lockstep_program.serve(lambda hello: MyBackend(arguments, hello), arguments.threads)

serve() reads the first request, `hello`, and sets the number of threads in the environment before it calls that
function, so the class may import NumPy, PyTorch and the like in its constructor, and they find the variables set.
`hello` has the wishes of the host: threads and device. This module needs Python 3.9 and NumPy.

    python3 -E -B lockstep_program.py --have torch

prints whether this interpreter has a package, without importing it.
"""

import argparse
import json
import math
import os
import platform
import queue
import re
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from typing import Any, Optional

PROTOCOL = 1
OPTIONAL = ("probe", "forward", "product", "products", "draws")
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
SECONDS_TO_END = 2  # a request that is still being served when the input ends has this long


class Unsupported(Exception):
    """Names what the program does not implement, for example "activation gelu"."""


# ---- What the host says, as objects -----------------------------------------------------------------------------


@dataclass
class Tensors:
    """One array for the weights and one for the bias of each layer: parameters, a moment, or gradients."""

    weights: list[Any]
    biases: list[Any]


@dataclass
class Setting:
    """The optimizer's numbers for one tensor; each is exactly a binary32 number."""

    rate: float
    decay: float = 0.0
    epsilon: float = 0.0


@dataclass
class Optimizer:
    rule: str  # sgd, momentum, nesterov or adam
    weights: list[Setting]
    biases: list[Setting]
    factor: float = 0.0  # of momentum and nesterov
    first: float = 0.0  # decay of adam's first moment
    second: float = 0.0  # decay of adam's second moment

    @property
    def moments(self) -> int:
        """How many moments the rule keeps."""
        return {"sgd": 0, "momentum": 1, "nesterov": 1, "adam": 2}[self.rule]


@dataclass
class Steps:
    """Announced steps. Entry t - first of each list and array belongs to step t."""

    first: int
    rows: Any  # (count, batch), int32
    noise: list[Any]  # for each hidden layer (count, units), float32; empty without noise
    rate_factors: list[float]
    corrections: list[float]

    def __len__(self):
        return len(self.rate_factors)

    def index(self, step: int) -> int:
        index = step - self.first
        if not 0 <= index < len(self):
            last = self.first + len(self) - 1
            raise ValueError(f"step {step} was not announced, only {self.first} to {last}")
        return index

    def rate(self, setting: Setting, step: int) -> float:
        """The rate of a tensor in a step, rounded to binary32."""
        import numpy as np

        factor = np.float32(self.rate_factors[self.index(step)])
        with np.errstate(all="ignore"):
            return float(np.float32(setting.rate) * factor)


@dataclass
class Training:
    """A request `open`. Arrays are NumPy's; parameters are float64 if the precision is fp64, else float32."""

    sizes: list[int]
    activation: str
    loss: str
    optimizer: Optimizer
    schedule: dict[str, Any]
    deviation: float  # of the noise, 0 without
    batch: int
    seed: int
    train_features: Any
    train_labels: Any
    test_features: Any = None
    test_labels: Any = None
    parameters: Optional[Tensors] = None  # none for an independent program
    scenario: Optional[dict[str, Any]] = None  # for an independent program
    raw: dict[str, Any] = field(default_factory=dict)  # the whole request

    @property
    def layers(self) -> int:
        return len(self.sizes) - 1


# ---- What an adapter implements ---------------------------------------------------------------------------------


class Backend:
    """Derive from this class. A request whose optional method is not overridden is refused."""

    precision = "fp32"
    independent = False
    training: Training  # set before open()
    steps: Optional[Steps] = None  # the last announcement, set before announce()
    stopped = False  # whether a loss was not finite: then run() and probe() change nothing

    def describe(self) -> dict[str, Any]:
        """Of the result of `hello`: name, version, device, threads, activations, losses, optimizers, noise, decay,
        environment. The rest is filled in."""
        raise NotImplementedError

    def open(self, training: Training) -> None:
        """Sets up a training at step 0 (load() follows), or raises Unsupported. An independent program draws its
        own initial parameters and is not sent any load()."""
        raise NotImplementedError

    def load(self, parameters: Tensors, moments: list[Tensors]) -> None:
        """Takes over parameters and moments. No moments stand for zeros."""
        raise NotImplementedError

    def announce(self, steps: Steps) -> None:
        """Called for each announcement, for programs that upload the tables to a device at once."""

    def run(self, first: int, count: int):
        """Runs the steps from `first`; returns their losses and the seconds they took. While `stopped`, and after
        a loss that is not finite, a step computes its loss and changes nothing."""
        raise NotImplementedError

    def parameters(self) -> Tensors:
        raise NotImplementedError

    def moments(self) -> list[Tensors]:
        raise NotImplementedError

    def evaluate(self, features, labels):
        """Returns the mean loss and the accuracy, without noise."""
        raise NotImplementedError

    def probe(self, step: int):
        """Runs one step; returns (loss, seconds, activations, deltas, gradients: Tensors)."""
        raise Unsupported("probe")

    def forward(self, features):
        raise Unsupported("forward")

    def product(self, form: str, a, b):
        """C = op(a) op(b). Override it, or override place(), products() and take_product()."""
        self.place(form, a, b)
        self.products(1)
        return self.take_product()

    def place(self, form: str, a, b) -> None:
        """Uploads the operands of the product that products() computes, and fills C with NaN."""
        raise Unsupported("product")

    def products(self, count: int) -> float:
        """Overwrites C with the product of the operands `count` times; returns the seconds that took, without any
        copy between host and device."""
        raise Unsupported("products")

    def take_product(self):
        """Returns C and fills it with NaN."""
        raise Unsupported("products")

    def draws(self, first: int, count: int) -> Steps:
        raise Unsupported("draws")


# ---- Files ------------------------------------------------------------------------------------------------------


class Folder:
    """The private folder, in which tensors travel as .npy files."""

    def __init__(self, path: str):
        self.path = path
        self.written = 0

    def load(self, name: str):
        import numpy as np

        return np.load(self._file(name), allow_pickle=False)

    def save(self, array, dtype: str, label: str = "t") -> str:
        import numpy as np

        self.written += 1
        name = f"{label}-{self.written}.npy"
        with open(self._file(name), "wb") as file:
            np.lib.format.write_array(
                file, np.ascontiguousarray(array, dtype=dtype), version=(1, 0), allow_pickle=False
            )
        return name

    def load_tensors(self, names: dict[str, list[str]]) -> Tensors:
        return Tensors([self.load(n) for n in names["weights"]], [self.load(n) for n in names["biases"]])

    def save_list(self, arrays, dtype: str, label: str) -> list[str]:
        return [self.save(array, dtype, label) for array in arrays]

    def save_tensors(self, tensors: Tensors, dtype: str, label: str) -> dict[str, list[str]]:
        return {
            "weights": self.save_list(tensors.weights, dtype, label + "w"),
            "biases": self.save_list(tensors.biases, dtype, label + "b"),
        }

    def _file(self, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", name):
            raise ValueError(f"{name!r} is not the name of a file in the private folder")
        return os.path.join(self.path, name)


# ---- Requests ---------------------------------------------------------------------------------------------------


class _Conversation:
    """Answers requests by a backend."""

    def __init__(self, hello: dict[str, Any], backend: Backend):
        self.backend = backend
        self.folder = Folder(hello["folder"])
        self.dtype = "<f8" if backend.precision == "fp64" else "<f4"
        self.step = 0

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        handler = getattr(self, "on_" + request["request"], None)
        if handler is None:
            raise Unsupported("request " + request["request"])
        return handler(request)

    def on_hello(self, request):
        backend = self.backend
        overridden = [n for n in OPTIONAL if getattr(type(backend), n) is not getattr(Backend, n)]
        if "products" in overridden and "product" not in overridden:
            overridden.append("product")
        if not backend.independent:
            overridden = [n for n in overridden if n != "draws"]
        result = {
            "protocol": PROTOCOL,
            "precision": backend.precision,
            "independent": backend.independent,
            "requests": overridden,
        }
        result.update(backend.describe())
        environment = {"python": platform.python_version(), "interpreter": sys.executable}
        environment.update(result.get("environment", {}))
        result["environment"] = environment
        return result

    def on_open(self, request):
        backend, folder = self.backend, self.folder
        network, rule, data = request["network"], request["optimizer"], request["data"]
        known = {name: float(rule[name]) for name in ("factor", "first", "second") if name in rule}
        if rule["rule"] not in ("sgd", "momentum", "nesterov", "adam"):
            raise Unsupported("optimizer " + rule["rule"])
        training = Training(
            sizes=[int(n) for n in network["sizes"]],
            activation=network["activation"],
            loss=request["loss"],
            optimizer=Optimizer(rule["rule"], _settings(rule["weights"]), _settings(rule["biases"]), **known),
            schedule=request.get("schedule", {"kind": "constant"}),
            deviation=float((request.get("noise") or {}).get("deviation", 0.0)),
            batch=int(request["batch"]),
            seed=int(request["seed"]),
            train_features=folder.load(data["train-features"]),
            train_labels=folder.load(data["train-labels"]),
            scenario=request.get("scenario"),
            raw=request,
        )
        if "test-features" in data:
            training.test_features = folder.load(data["test-features"])
            training.test_labels = folder.load(data["test-labels"])
        if "parameters" in request:
            training.parameters = folder.load_tensors(request["parameters"])
        self.step, backend.stopped, backend.steps = 0, False, None
        backend.training = training
        backend.open(training)
        if training.parameters is not None:
            backend.load(training.parameters, [])
        return {}

    def on_steps(self, request):
        steps = Steps(
            first=int(request["first"]),
            rows=self.folder.load(request["rows"]),
            noise=[self.folder.load(name) for name in request["noise"]],
            rate_factors=[float(x) for x in request["rate-factors"]],
            corrections=[float(x) for x in request["corrections"]],
        )
        self.backend.steps = steps
        self.backend.announce(steps)
        return {}

    def on_run(self, request):
        count = int(request["steps"])
        losses, seconds = self.backend.run(self.step, count)
        losses = [float(loss) for loss in losses]
        self._ran(losses)
        return {"losses": losses, "seconds": seconds}

    def on_probe(self, request):
        loss, seconds, activations, deltas, gradients = self.backend.probe(self.step)
        self._ran([float(loss)])
        return {
            "loss": float(loss),
            "seconds": seconds,
            "activations": self.folder.save_list(activations, self.dtype, "a"),
            "deltas": self.folder.save_list(deltas, self.dtype, "d"),
            "gradients": self.folder.save_tensors(gradients, self.dtype, "g"),
        }

    def _ran(self, losses):
        self.step += len(losses)
        if not all(math.isfinite(loss) for loss in losses):
            self.backend.stopped = True

    def on_parameters(self, request):
        return self.folder.save_tensors(self.backend.parameters(), self.dtype, "p")

    def on_moments(self, request):
        return {"moments": [self.folder.save_tensors(m, self.dtype, "m") for m in self.backend.moments()]}

    def on_restore(self, request):
        parameters = self.folder.load_tensors(request["parameters"])
        moments = [self.folder.load_tensors(m) for m in request["moments"]]
        self.step, self.backend.stopped = int(request["step"]), False
        self.backend.load(parameters, moments)
        return {}

    def on_evaluate(self, request):
        features, labels = self.folder.load(request["features"]), self.folder.load(request["labels"])
        loss, accuracy = self.backend.evaluate(features, labels)
        return {"loss": float(loss), "accuracy": float(accuracy)}

    def on_forward(self, request):
        outputs = self.backend.forward(self.folder.load(request["features"]))
        return {"outputs": self.folder.save(outputs, self.dtype, "z")}

    def on_product(self, request):
        if "form" in request:
            a, b = self.folder.load(request["a"]), self.folder.load(request["b"])
            c = self.backend.product(request["form"], a, b)
        else:
            c = self.backend.take_product()
        return {"c": self.folder.save(c, self.dtype, "c")}

    def on_products(self, request):
        return {"seconds": self.backend.products(int(request["count"]))}

    def on_draws(self, request):
        steps = self.backend.draws(int(request["first"]), int(request["count"]))
        return {
            "rows": self.folder.save(steps.rows, "<i4", "r"),
            "noise": self.folder.save_list(steps.noise, "<f4", "n"),
            "rate-factors": [float(x) for x in steps.rate_factors],
            "corrections": [float(x) for x in steps.corrections],
        }

    def on_close(self, request):
        return {}


def _settings(entries) -> list[Setting]:
    return [Setting(float(e["rate"]), float(e.get("decay", 0.0)), float(e.get("epsilon", 0.0))) for e in entries]


# ---- Lines ------------------------------------------------------------------------------------------------------


class _Lines:
    """The real standard input and output. Whatever else reads or prints gets /dev/null and standard error."""

    def __init__(self):
        requests, answers = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.close(nothing)
        self.requests = os.fdopen(requests, "r", encoding="utf-8", newline="\n")
        self.answers = os.fdopen(answers, "w", encoding="utf-8", newline="\n")
        self.queue = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        """Reads ahead in a thread of its own, so that the end of the input is noticed during a long request."""
        try:
            for line in self.requests:
                if line.strip():
                    self.queue.put(line)
        finally:
            self.queue.put(None)
            time.sleep(SECONDS_TO_END)
            os._exit(0)

    def request(self) -> Optional[dict[str, Any]]:
        line = self.queue.get()
        return None if line is None else json.loads(line)

    def answer(self, answer: dict[str, Any]):
        self.answers.write(json.dumps(_strict(answer), allow_nan=False) + "\n")
        self.answers.flush()


def _strict(value):
    """Replaces the numbers for which JSON has no form by their names."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _strict(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(entry) for entry in value]
    return value


def _failure(problem: BaseException) -> dict[str, str]:
    if isinstance(problem, Unsupported):
        return {"unsupported": str(problem)}
    traceback.print_exception(type(problem), problem, problem.__traceback__)
    sentence = " ".join(str(problem).split())[:500]
    return {"error": f"{type(problem).__name__}: {sentence}" if sentence else type(problem).__name__}


def serve(create, threads: Optional[int] = None) -> None:
    """Answers requests until `close` or the end of the input. `create` makes the backend from the request `hello`,
    after the number of threads has been set. `threads` takes the place of the host's wish."""
    lines = _Lines()
    conversation = None
    try:
        while True:
            request = lines.request()
            if request is None:
                break
            try:
                if conversation is None:
                    if request["request"] != "hello":
                        raise ValueError(f"the first request is {request['request']}, not hello")
                    if request["protocol"] != PROTOCOL:
                        raise Unsupported(f"protocol {request['protocol']}")
                    request["threads"] = threads or int(request["threads"])
                    for name in THREAD_VARIABLES:
                        os.environ[name] = str(request["threads"])
                    conversation = _Conversation(request, create(request))
                answer = {"result": conversation.answer(request)}
            except Exception as problem:
                answer = _failure(problem)
            lines.answer({"id": request["id"], **answer})
            if request["request"] == "close":
                break
    except (BrokenPipeError, KeyboardInterrupt):
        pass  # the host has gone
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # libraries may hold threads that would keep the process alive


def parser(description: str, examples: str) -> argparse.ArgumentParser:
    """A parser of an adapter's command line, with what all of them have."""
    result = argparse.ArgumentParser(
        description=description,
        epilog="examples:\n" + examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    result.add_argument(
        "--threads", type=_positive, metavar="N", help="threads to use (default: what Lockstep asks for)"
    )
    return result


def library_parser(description: str, examples: str, precisions, modes=()) -> argparse.ArgumentParser:
    """The same for a library that runs on several devices, with the first of the modes and precisions by default."""
    result = parser(description, examples)
    if modes:
        result.add_argument("--mode", choices=modes, default=modes[0], help=f"see above (default: {modes[0]})")
    result.add_argument(
        "--device", type=_device, metavar="cpu|cuda[:N]", help="default: the CUDA device Lockstep asks for, else cpu"
    )
    result.add_argument(
        "--precision", choices=precisions, default=precisions[0], help=f"see above (default: {precisions[0]})"
    )
    result.add_argument("--deterministic", action="store_true", help="only operations that repeat their results")
    return result


def _device(text: str) -> str:
    if not re.fullmatch(r"cpu|cuda(:[0-9]{1,3})?", text):
        raise argparse.ArgumentTypeError(f"{text} is not cpu, cuda or cuda:N")
    return text


def _positive(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 1")
    return int(text)


def have(package: str) -> dict[str, Any]:
    """Says whether this interpreter has a package, without importing it."""
    import importlib.metadata
    import importlib.util

    spec = importlib.util.find_spec(package)
    found = spec is not None and spec.origin is not None  # a mere folder of that name has no origin
    answer = {"python": platform.python_version(), "found": found}
    if answer["found"]:
        names = [package, package.replace("_", "-"), package + "-cpu", package + "-gpu"]
        for name in names:
            try:
                answer["version"] = importlib.metadata.version(name)
                break
            except importlib.metadata.PackageNotFoundError:
                continue
    return answer


if __name__ == "__main__":
    _parser = argparse.ArgumentParser(description="Says whether this interpreter has a package.")
    _parser.add_argument("--have", required=True, metavar="PACKAGE")
    print(json.dumps(have(_parser.parse_args().have)))
