"""Waiting until something is so. No limit in the tests measures speed; it ends what hangs, however slow the machine is."""
import time
from collections.abc import Callable

PATIENCE = 120 # seconds for one thing to happen; a quiet machine needs a few hundredths


def until(holds: Callable[[], object], told: Callable[[], object] = lambda: "") -> None:
    "Wait until something holds; `told` says how far it came if it never does."
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"it never came: {told()}"
        time.sleep(.01)
