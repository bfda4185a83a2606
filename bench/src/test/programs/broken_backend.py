"""numpy_backend.py with a fault put in on purpose, for the tests of what a check makes of it.

python3 broken_backend.py FAULT
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "adapters"))

import lockstep_program  # noqa: E402


def broken(fault, hello):
    import numpy as np
    from numpy_training import Training

    class Broken(Training):
        def _backward(self):
            super()._backward()
            if fault == "transposed-gradient":
                gradient = self.gradients.weights[1]
                gradient[...] = gradient.T.copy().reshape(gradient.shape)
            elif fault == "bias-gradient-missing":
                self.gradients.biases[1][...] = 0
            elif fault == "gradient-not-averaged":
                self.gradients.weights[0] *= self.training.batch
            elif fault == "gain-gradient-missing":
                self.gradients.gains[1][...] = 0

        def _by_batch(self, layer, x):
            normal = super()._by_batch(layer, x)
            return self._by_running(layer, x) if fault == "normalized-as-in-evaluation" else normal

        def _normalization_gradient(self, layer, delta):
            gradient = super()._normalization_gradient(layer, delta)
            return delta if fault == "normalization-not-differentiated" else gradient

        def _layers(self, below, biases, z, a, normalize):
            if fault == "missing-bias":
                biases = list(biases)
                biases[1] = np.zeros_like(biases[1])
            elif fault == "float16-inside":
                below = below.astype(np.float16).astype(self.real)
                self.current.weights[0][...] = self.current.weights[0].astype(np.float16).astype(self.real)
            return super()._layers(below, biases, z, a, normalize)

        def _update(self, step):
            if fault == "statistics-not-followed":
                self.normalized = {}
            if fault == "optimizer-twice":
                kept = [g.copy() for g in self.gradients.weights + self.gradients.biases]
                super()._update(step)
                for g, k in zip(self.gradients.weights + self.gradients.biases, kept):
                    g[...] = k
            super()._update(step)

        def _forward(self, step):
            if fault == "batch-shuffled":
                index = self.steps.index(step)
                self.steps.rows[index] = np.roll(self.steps.rows[index], 1)
            elif fault == "wrong-rows":
                index = self.steps.index(step)
                self.steps.rows[index] = (self.steps.rows[index] + 1) % len(self.features)
            return super()._forward(step)

    return Broken("fp32", hello)


if __name__ == "__main__":
    lockstep_program.serve(lambda hello: broken(sys.argv[1], hello))
