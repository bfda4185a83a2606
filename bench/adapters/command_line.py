"""The flags of the adapters."""

import argparse
import re
from typing import Optional

from training import Unsupported


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


def cuda_device(wanted: Optional[str], wish, found: int, library: str) -> Optional[int]:
    """The number of the CUDA device to use, by the flag --device and the wish of the host; none for the CPU."""
    if wanted == "cpu":
        return None
    if wanted is None:
        return wish if isinstance(wish, int) and 0 <= wish < found else None
    number = int(wanted.partition(":")[2] or 0)
    if number >= found:
        raise Unsupported(f"device {wanted}: {library} finds {found} CUDA devices")
    return number


def _device(text: str) -> str:
    if not re.fullmatch(r"cpu|cuda(:[0-9]{1,3})?", text):
        raise argparse.ArgumentTypeError(f"{text} is not cpu, cuda or cuda:N")
    return text


def _positive(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 1")
    return int(text)
