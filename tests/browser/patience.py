"""Waiting, as a person would: until something is so. No limit here measures speed; it ends what hangs, however slow the machine is."""
import time

PATIENCE = 120 # seconds for one thing to happen; a quiet machine needs a few hundredths


def until(page, test, told=lambda: "", seconds=PATIENCE):
    "Wait until something holds in Python; the page goes on meanwhile."
    deadline = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < deadline, f"it never came: {told()}"
        page.wait_for_timeout(20)


def drawn(page):
    "Wait until the page, or the frame, shows what it knows, and the focus has moved."
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
