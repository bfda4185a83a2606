"""Requests and answers: one JSON object on one line."""

import json
import math
import os
import queue
import threading
import time
from typing import Any, Optional

SECONDS_TO_END = 2  # a request that is still being served when the input ends has this long


class Lines:
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
