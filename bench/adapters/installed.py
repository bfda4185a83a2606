"""Says whether this interpreter has a package, without importing it.

python3 -E -B installed.py torch
"""

import importlib.metadata
import importlib.util
import json
import platform
import sys


def have(package):
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
    print(json.dumps(have(sys.argv[1])))
