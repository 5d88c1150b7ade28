"""Altair charts in JupyterLab and Notebook 7 without any network: each is drawn, and a live one is drawn anew in its place."""
import pytest
from playwright.sync_api import expect

CHARTS = """
import threading
from types import SimpleNamespace
import ftbench.charts
import pandas as pd
from ftbench.charts import delta_chart, forest_chart, live_chart, loss_chart, offline
from ftbench.evals.statistics import paired
from ftbench.evals.verdict import Verdict
def told(steps): return pd.DataFrame([(step, name, 3 / step) for step in range(1, steps + 1) for name in ("train_loss", "valid_loss")], columns=["step", "name", "value"])
verdicts = [Verdict("tuned", "base", "exact", "All cases", paired([0] * 40, [1] * n + [0] * (40 - n)), (), ()) for n in (30, 2)]
"""
# a job that goes on when it is told to, in a thread of its own as a real one does
JOB = """
class Job:
    ended, problem, steps = False, None, 0
    def metrics(self): return told(self.steps)
    def follow(self, callback): self.callback = callback
    def on(self, steps, ended=False):
        self.steps, self.ended = steps, ended
        (thread := threading.Thread(target=self.callback, args=(self,))).start()
        thread.join()
ftbench.charts._PAUSE = 0 # seconds between two pictures
job = Job()
live_chart(job)
"""
OUTPUTS = """(number) => window.jupyterapp.shell.currentWidget.content.widgets[number].model.outputs.toJSON().map((one) => one.data ?? {})"""
DRAWN = ".jp-OutputArea-output .vega-embed .marks"


@pytest.mark.parametrize("place", ["lab/tree", "notebooks"])
def test_charts_are_drawn_and_follow_a_job(notebook, page, place):
    both = "offline(loss_chart(told(9)).properties(width=200) | loss_chart(told(5)).properties(width=200), 'Two losses')"
    notebook.open("charts.ipynb", [CHARTS, "loss_chart(told(60))", "delta_chart(verdicts)", both, JOB], place=place)
    cells = page.locator(".jp-CodeCell")
    for number in (1, 2, 3): expect(cells.nth(number).locator(DRAWN).first).to_be_visible()
    assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0

    live = cells.nth(4)
    expect(live).to_contain_text("waiting for the first step")
    for steps, ended in ((5, False), (40, True)):
        notebook.ask(f"job.on({steps}, {ended})")
        page.wait_for_function(f"(steps) => JSON.stringify(({OUTPUTS})(4)).includes(`at step ${{steps}}`)", arg=steps)
        expect(live.locator(DRAWN)).to_be_visible()
        [data] = page.evaluate(OUTPUTS, 4)  # the same output, not a second one
        assert data["application/vnd.vegalite.v5+json"]["description"].count(f"at step {steps}") == 3 and "waiting" not in data["text/plain"]
    expect(live.locator(DRAWN)).to_have_count(1)
