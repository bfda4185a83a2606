"""NumPy as a backend of Lockstep: the reference adapter, and with --independent the oracle from outside.

It is written from docs/programs.md, cpu/ARITHMETIC.md, cpu/FUNCTIONS.md and cpu/DRAWS.md alone.
"""

import command_line
import lockstep_program

EXAMPLES = """\
  bench/lockstep check --backends scalar,vector,numpy
  bench/lockstep check --program np64='python3 bench/adapters/numpy_backend.py --precision fp64' --backends double,np64
  bench/lockstep check --width 7,33 --steps 20 --backends scalar,oracle \\
    --program oracle='python3 bench/adapters/numpy_backend.py --precision canonical --independent'
"""


def _backend(arguments, hello):
    import numpy_training  # loads NumPy, which reads the number of threads once

    kind = numpy_training.IndependentTraining if arguments.independent else numpy_training.Training
    return kind(arguments.precision, hello)


def main():
    parser = command_line.parser("Trains with NumPy on behalf of Lockstep, which starts it.", EXAMPLES)
    parser.add_argument(
        "--precision",
        choices=("fp32", "fp64", "canonical"),
        default="fp32",
        help="float32, float64, or canonical arithmetic to the bit, which is slow (default: fp32)",
    )
    parser.add_argument(
        "--independent",
        action="store_true",
        help="draw initial parameters, the order of the rows, noise and rates from the scenario",
    )
    arguments = parser.parse_args()
    lockstep_program.serve(lambda hello: _backend(arguments, hello), arguments.threads)


if __name__ == "__main__":
    main()
