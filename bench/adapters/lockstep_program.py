"""What the Python adapters share: the conversation with Lockstep that docs/programs.md specifies.

An adapter derives a class from Backend and ends with

    if __name__ == "__main__":
        arguments = command_line.parser(DESCRIPTION, EXAMPLES).parse_args()
        lockstep_program.serve(lambda hello: MyBackend(arguments, hello), arguments.threads)

serve() reads the first request, `hello`, and sets the number of threads in the environment before it calls that
function, so the class may import NumPy, PyTorch and the like in its constructor, and they find the variables set.
`hello` has the wishes of the host: threads and device. This module, messages.py and training.py, which it needs, and
command_line.py, which an adapter may do without, need Python 3.9 and NumPy.
"""

import dataclasses
import math
import os
import platform
import re
import sys
import traceback
from typing import Any, Optional

from messages import Lines
from training import Optimizer, Setting, Steps, Tensors, Training, Unsupported

PROTOCOL = 1
OPTIONAL = ("probe", "forward", "product", "products", "draws")
ABLE = {
    "activations": ("identity", "relu", "leaky-relu", "tanh", "sigmoid", "gelu"),
    "losses": ("cross-entropy", "squared-error"),
    "optimizers": ("sgd", "momentum", "nesterov", "adam"),
    "noise": True,
    "decay": True,
}
KINDS = tuple(entry.name for entry in dataclasses.fields(Tensors))
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Backend:
    """Derive from this class. A request whose optional method is not overridden is refused."""

    precision = "fp32"
    probes_again = False  # whether probe() computes what it shows apart from the step
    subnormals = "kept"  # or "flushed"; subnormals() measures it
    independent = False
    training: Training  # set before open()
    steps: Optional[Steps] = None  # the last announcement, set before announce()
    stopped = False  # whether a loss was not finite: then run() and probe() change nothing

    def describe(self) -> dict[str, Any]:
        """Of the result of `hello`: name, version, device, threads, environment. A program that cannot do all of ABLE,
        or can do more (normalizations), says here what it can; the host asks it for nothing else. The rest is filled
        in."""
        raise NotImplementedError

    def open(self, training: Training) -> None:
        """Sets up a training at step 0 (load() follows), or raises Unsupported for what `hello` has no field for. An
        independent program draws its own initial parameters and is not sent any load()."""
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


def subnormals(*multiplications) -> str:
    """Of the answer to `hello`: "kept" if each of a library's ways to multiply two matrices, as a product or element by
    element, keeps numbers that are below 2^-126, the normal ones of binary32, and "flushed" if one makes zeros."""
    import numpy as np

    tiny = np.full((8, 8), 2.0**-70, np.float32)
    return "kept" if all((np.asarray(multiply(tiny, tiny)) > 0).all() for multiply in multiplications) else "flushed"


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
        return Tensors(**{kind: [self.load(n) for n in names[kind]] for kind in KINDS if kind in names})

    def save_list(self, arrays, dtype: str, label: str) -> list[str]:
        return [self.save(array, dtype, label) for array in arrays]

    def save_tensors(self, tensors: Tensors, dtype: str, label: str) -> dict[str, list[str]]:
        lists = vars(tensors).items()
        return {kind: self.save_list(arrays, dtype, label + "-" + kind) for kind, arrays in lists if arrays}

    def _file(self, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", name):
            raise ValueError(f"{name!r} is not the name of a file in the private folder")
        return os.path.join(self.path, name)


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
            "subnormals": backend.subnormals,
            "probes-again": backend.probes_again,
            "independent": backend.independent,
            "requests": overridden,
            **ABLE,
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
        if rule["rule"] not in ABLE["optimizers"]:
            raise Unsupported("optimizer " + rule["rule"])
        training = Training(
            sizes=[int(n) for n in network["sizes"]],
            activation=network["activation"],
            loss=request["loss"],
            optimizer=Optimizer(
                rule["rule"], **{k: _settings(rule[k]) for k in ("weights", "biases", "gains") if k in rule}, **known
            ),
            schedule=request.get("schedule", {"kind": "constant"}),
            deviation=float((request.get("noise") or {}).get("deviation", 0.0)),
            batch=int(request["batch"]),
            seed=int(request["seed"]),
            train_features=folder.load(data["train-features"]),
            train_labels=folder.load(data["train-labels"]),
            scenario=request.get("scenario"),
            raw=request,
            normalization=network.get("normalization", "none"),
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


def _failure(problem: BaseException) -> dict[str, str]:
    if isinstance(problem, Unsupported):
        return {"unsupported": str(problem)}
    traceback.print_exception(type(problem), problem, problem.__traceback__)
    sentence = " ".join(str(problem).split())[:500]
    return {"error": f"{type(problem).__name__}: {sentence}" if sentence else type(problem).__name__}


def serve(create, threads: Optional[int] = None) -> None:
    """Answers requests until `close` or the end of the input. `create` makes the backend from the request `hello`,
    after the number of threads has been set. `threads` takes the place of the host's wish."""
    lines = Lines()
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
