"""A training as Lockstep describes it, as objects. NumPy is loaded late: it reads the number of threads once."""

from dataclasses import dataclass, field, replace
from typing import Any, Optional

FEWEST_COMPILED = 16  # steps of a table
EPSILON, SHARE = 9.999999747378752e-06, 0.10000000149011612  # of batch normalization: 0.00001 and 0.1 in binary32


class Unsupported(Exception):
    """Names what the program does not implement, for example "activation gelu"."""


@dataclass
class Tensors:
    """One array for the weights and one for the bias of each layer: parameters, a moment, or gradients.

    A network with batch normalization also has a gain for each hidden layer, and its parameters a running mean and
    variance, which are not learned."""

    weights: list[Any]
    biases: list[Any]
    gains: list[Any] = field(default_factory=list)
    means: list[Any] = field(default_factory=list)
    variances: list[Any] = field(default_factory=list)

    def map(self, function) -> "Tensors":
        """The same of other arrays."""
        return Tensors(**{kind: [function(array) for array in arrays] for kind, arrays in vars(self).items()})


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
    gains: list[Setting] = field(default_factory=list)  # of batch normalization

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

    def rates(self, settings: list[Setting]):
        """The same of all layers, a row for each step."""
        import numpy as np

        factors = np.asarray(self.rate_factors, np.float32)[:, None]
        with np.errstate(all="ignore"):
            return factors * np.asarray([setting.rate for setting in settings], np.float32)

    def tables(self, optimizer: Optimizer):
        """Rows, noise, rates of weights, biases and gains, and corrections, for libraries that compile for the shapes
        of their arrays: with rows of zeros at the end, so that few numbers of steps have shapes of their own."""
        import numpy as np

        capacity = max(FEWEST_COMPILED, 1 << (len(self) - 1).bit_length())

        def filled(array):
            return np.pad(array, [(0, capacity - len(self))] + [(0, 0)] * (array.ndim - 1))

        return (
            filled(self.rows),
            tuple(filled(noise) for noise in self.noise),
            tuple(filled(self.rates(kind)) for kind in (optimizer.weights, optimizer.biases, optimizer.gains)),
            filled(np.asarray(self.corrections, np.float32)),
        )


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
    normalization: str = "none"  # of hidden layers, or batch

    @property
    def layers(self) -> int:
        return len(self.sizes) - 1

    @property
    def normalizes(self) -> bool:
        return self.normalization == "batch"

    @property
    def unbiased(self) -> float:
        """What makes a variance over the batch that of what its rows were drawn from, in binary32."""
        import numpy as np

        return float(np.float32(self.batch / (self.batch - 1)))

    @property
    def learned_shapes(self) -> Tensors:
        """Shapes of gradients and moments."""
        sizes = self.sizes
        gains = [(units,) for units in sizes[1:-1]] if self.normalizes else []
        return Tensors(list(zip(sizes, sizes[1:])), [(units,) for units in sizes[1:]], gains)

    @property
    def shapes(self) -> Tensors:
        """Shapes of parameters."""
        learned = self.learned_shapes
        return replace(learned, means=learned.gains, variances=learned.gains)
