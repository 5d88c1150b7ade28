"""Waiting, as a person would: until something is so; the same as `waiting`, while a page goes on."""
import time

from waiting import PATIENCE


def until(page, test, told=lambda: "", seconds=PATIENCE):
    "Wait until something holds in Python; the page goes on meanwhile."
    deadline = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < deadline, f"it never came: {told()}"
        page.wait_for_timeout(20)


def drawn(page):
    "Wait until the page, or the frame, shows what it knows, and the focus has moved."
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
