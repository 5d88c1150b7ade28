"""The demo's report and the page of a comparison with hostile text in every place: nothing runs, nothing is asked of any host, nothing becomes markup."""

import pandas as pd

from live import TRIPWIRE
from payloads import PAYLOADS
from test_injection import look
from test_results import compared

from ftbench.widgets.page import TaskResult, report, to_html

SHORT = [text[:3000] for text in PAYLOADS]  # the long ones are long in the tests of the widgets
FOURS = [SHORT[at:at + 4] for at in range(0, len(SHORT), 4)]


def task(texts):
    result = compared(n=4, right=(0, .5, 1), suffix="\n".join(texts))
    losses = pd.DataFrame({"step": [1, 2, 3], "name": "train_loss", "value": [3., 1.5, .4]})
    return TaskResult(texts[0], texts[1 % len(texts)], texts[2 % len(texts)], result, result, losses, 60, 8.1)


def show(page, text: str) -> None:
    "Open the text as a page, with the tripwire before all else."
    page.set_content(text.replace("<head>", f"<head><script>{TRIPWIRE}</script>", 1))
    for one in page.locator("[tabindex], button, summary").all()[:6]: one.hover(force=True)
    look(page, text)


def test_a_hostile_report(page):
    for at in range(0, len(FOURS), 3): show(page, report([task(texts) for texts in FOURS[at:at + 3]], seconds=9))


def test_a_hostile_comparison(page):
    for texts in FOURS[::5]:
        page.goto("about:blank")
        show(page, to_html(compared(n=4, right=(0, .5, 1), suffix="\n".join(texts))))
        page.locator(".results .verdict").first.wait_for()
        look(page, texts[0])
