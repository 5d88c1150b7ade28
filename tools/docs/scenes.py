"""The scenes of the pictures: for each widget what it shows in each situation. The data are the samples, damaged where faults are wanted."""
import json
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Callable

from bare_page import place
from course import Trained, part_of
from material import CLEAN, CONVERSATION, DAMAGED, PAIRS, SHORT, UNREADABLE, mails

from ftbench.data.dataset import open_dataset

WIDE, NARROW, HIGH = 1180, 400, 820


@dataclass
class Scene:
    "How one picture comes about."
    name: str
    show: Callable # (page): put it on the page
    act: Callable = lambda page: None # (page): what a person does then
    width: int = WIDE
    height: int = HIGH


def _in_bare_page(pane, name: str, act=lambda page: None) -> Scene:
    "A pane in a page of its own, no larger than the pane."
    return Scene(name, lambda page: place(page, pane), act, NARROW if name.endswith(" narrow") else WIDE)


def _open(folder: Path, name: str, examples):
    path = folder / f"{name}.jsonl"
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)) + "\n" for one in examples), encoding="utf-8")
    ds = open_dataset(path)
    ds.columns.wait()
    return ds


def _emptied(ds):
    "A file whose only example was deleted."
    from ftbench.data.edit.edits import DeleteExample
    ds.apply(DeleteExample(0))
    return ds


def _bring(page) -> None:
    page.evaluate("bringUpToDate()")
    page.wait_for_timeout(200)


class Scenes:
    "Every widget as a method: the name of a scene in, the `Scene` out."

    def __init__(self, folder: Path): # where files may be written
        self.folder, self._made = folder, 0

    def ds(self, name: str, examples):
        "A fresh file for each scene."
        self._made += 1
        (folder := self.folder / str(self._made)).mkdir()
        return _open(folder, name, examples)

    @cached_property
    def trained(self) -> Trained: return Trained() # only when a scene shows a job

    def table(self, scene: str) -> Scene:
        from ftbench.widgets.start import Start
        from ftbench.widgets.workbench import Workbench
        if scene == "empty":
            (folder := self.folder / "mails").mkdir(exist_ok=True)
            return _in_bare_page(Start(folder), "table empty")
        wb = Workbench(self.ds("support_mails", mails()), cases=self.trained.cases)
        wb.ds.review.decide(range(0, 40, 3), "keep")
        wb.ds.review.decide(range(1, 40, 7), "drop")
        if scene in ("usual", "narrow"):
            wb.browser.do_search("tokens:96..1536")
            wb.browser.do_select(2)
        def act(page):
            if scene != "error": return
            self._changed_on_disk(wb)
            _bring(page)
        if scene == "full":
            for example in range(3, 9): wb.browser.do_pick(example)
            wb.browser.do_preview("weights", policy="last_assistant")
        return _in_bare_page(wb, f"table {scene}", act)

    def _changed_on_disk(self, wb) -> None:
        "Two edits, then another file in the place of this one, in which one of them finds no place; and a look at what changed."
        from ftbench.data.edit.edits import SetContent, SetWeight
        wb.ds.apply(SetContent(4, 1, "Where is my parcel? Order 48-2190."))
        wb.ds.apply(SetWeight(0, 2, 0))
        lines = wb.ds.path.read_bytes().splitlines(keepends=True)
        lines[4] = lines[4].replace(b"the ", b"this ", 1)
        (other := wb.ds.path.with_name("other")).write_bytes(b"".join([*lines[:7], lines[5], *lines[8:]]))
        other.replace(wb.ds.path)
        wb.do_rewritten(True)

    def editor(self, scene: str) -> Scene:
        from ftbench.widgets.editor import Editor
        examples = {"error": [DAMAGED], "full": [CONVERSATION]}.get(scene, [SHORT])
        ds = self.ds("support_mails", examples)
        editor = Editor(_emptied(ds) if scene == "empty" else ds)
        def act(page):
            if scene != "full": return
            page.locator('[data-message="4"] .text').first.click()
            page.keyboard.press("End")
            page.keyboard.type(" Pack it well.")
        return _in_bare_page(editor, f"editor {scene}", act)

    def pair(self, scene: str) -> Scene:
        from ftbench.widgets.editor import Editor
        number = {"empty": 1, "error": 2}.get(scene, 0)
        editor = Editor(self.ds("preferences", PAIRS), number)
        def act(page):
            if scene != "full": return
            page.locator('[data-answer="preferred_output"]').first.click()
        return _in_bare_page(editor, f"pair {scene}", act)

    def lens(self, scene: str) -> Scene:
        from ftbench.widgets.lens import Lens
        if scene == "full": pane = Lens(self.trained.tone.ds, self.trained.tone.example, loss=self.trained.tone.job)
        else:
            context = {"messages": [{**one, "weight": 0} if one["role"] == "assistant" else one for one in SHORT["messages"]]}
            pane = Lens(self.ds("support_mails", [{"empty": context, "error": UNREADABLE}.get(scene, SHORT)]))
        def act(page):
            if scene != "full": return
            page.get_by_role("radio", name="Side by side").click()
            page.locator(".lb .t.hit").last.hover()
            page.locator(".tip").wait_for()
        return _in_bare_page(pane, f"lens {scene}", act)

    def checks(self, scene: str) -> Scene:
        from ftbench.widgets.checklist import Checklist
        examples = {"empty": CLEAN, "error": [*CLEAN[:12], UNREADABLE, '{"messages": []}', "[1, 2]"], "full": mails()}.get(scene, [*CLEAN[:20], DAMAGED, CONVERSATION])
        pane = Checklist(self.ds("support_mails", examples))
        return _in_bare_page(pane, f"checks {scene}")

    def launcher(self, scene: str) -> Scene:
        from ftbench.data.edit.edits import SetContent
        from ftbench.widgets.workbench import Workbench
        ds = self.ds("support_mails", CLEAN[:9] if scene == "error" else CLEAN)
        wb = Workbench(ds, valid=None if scene == "full" else self.trained.valid, cases=self.trained.cases)
        wb.do_tab("jobs")
        wb.launcher.measured = scene not in ("full", "empty")
        if scene != "empty": wb.launcher.do_form(True)
        if scene == "full":
            ds.apply(*(SetContent(n, 1, f"Where is order 48-21{n:02}?") for n in range(14)))
            for name, value in (("n_epochs", "5"), ("learning_rate_multiplier", "1.8"), ("suffix", "support-v3")): wb.launcher.do_set(name, value)
        act = lambda page: page.add_style_tag(content=".ft .workbench { height: 600px !important; }")
        return _in_bare_page(wb, f"launcher {scene}", act)

    def monitor(self, scene: str) -> Scene:
        from ftbench.widgets.monitor import Monitor
        share, status = {"empty": (0, "queued"), "error": (.3, "failed"), "full": (1, "succeeded")}.get(scene, (.7, "running"))
        job = part_of(self.trained.overfitted, share, status) if scene == "full" else part_of(self.trained.job, share, status)
        if status == "failed": job.error = "The loss is not finite at step 86: the learning rate is too high."
        return _in_bare_page(Monitor(job), f"monitor {scene}")

    def results(self, scene: str) -> Scene:
        from ftbench.widgets.evaluator import Evaluator
        evaluator = Evaluator(self.ds("support_mails", CLEAN), self.trained.cases)
        evaluator.job = None if scene == "empty" else self.trained.job
        if scene == "error": evaluator._failed({"message": "The service at http://127.0.0.1:8000/v1 does not answer.", "remedy": "Start it again; the answers that came are kept."})
        elif scene != "empty": evaluator.show(self.trained.compared(3 if scene == "full" else 1))
        if scene == "full": self._judged(evaluator.parts["results"])
        def act(page):
            if scene != "full": return
            page.get_by_role("button", name="all ").first.click()
            for box in page.locator(".rows input").all()[:3]: box.check()
        return _in_bare_page(evaluator, f"results {scene}", act)

    def _judged(self, pane) -> None:
        pane.do_judge("few_shot", "nano")
        while pane._judging: time.sleep(.2)
        if pane._problem: raise SystemExit(pane._problem["message"])

    def status(self, scene: str) -> Scene:
        from status_scene import status_page
        return status_page(scene, self.folder, Scene, NARROW if scene == "narrow" else WIDE)
