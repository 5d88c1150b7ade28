"""The first screen of a large file does not wait for its lines to be found: here they are found only when the test says so."""
import json
import threading

import pytest
from waiting import PATIENCE, until

from ftbench.data.dataset import open_dataset
from ftbench.data.file import layout
from ftbench.widgets.workbench import Workbench


@pytest.fixture
def slow(tmp_path, monkeypatch):
    "A file of 300 examples of which only the first are found, and what lets the others be found."
    path, go = tmp_path / "large.jsonl", threading.Event()
    lines = [json.dumps({"messages": [{"role": "user", "content": f"Question {number}?"}, {"role": "assistant", "content": "Yes."}]}) for number in range(300)]
    path.write_text("\n".join(lines) + "\n")
    monkeypatch.setattr(layout, "_LARGE", 1 << 12)
    monkeypatch.setattr(layout, "_AHEAD", 1 << 13)
    find = layout._lines

    def found(data, kind=None, stopped=lambda: False):
        if threading.current_thread().name == "ftbench-index": go.wait(PATIENCE)
        return find(data, kind, stopped)
    monkeypatch.setattr(layout, "_lines", found)
    dataset = open_dataset(path)
    yield dataset, go
    go.set()
    dataset.close()


def test_what_is_found_so_far_is_there_at_once(slow):
    dataset, go = slow
    view = dataset.select()
    assert 0 < dataset.known == view.known < 300
    assert not dataset.complete and not view.complete and not view.look(.01)
    rows = view.page(0, 20, now=False)
    assert [row.words for row in rows] == [f"Question {number}?" for number in range(20)]
    assert dataset[7].line == 8 and dataset.review[7].decision is None
    go.set()
    assert view.look(PATIENCE) and len(view) == len(dataset) == dataset.known == 300
    assert view.page(299, 300)[0].words == "Question 299?"


def test_the_workbench_shows_them_and_says_that_there_are_more(slow):
    dataset, go = slow
    workbench = Workbench(dataset)
    before = workbench.state()
    known = dataset.known
    assert (before["bar"]["examples"], before["bar"]["complete"], before["browser"]["looking"]) == (known, False, True)
    assert before["rows"]["rows"][0]["words"] == "Question 0?" and before["editor"]
    assert f"at least {known:,} examples" in repr(workbench) and "at least" in workbench._repr_html_()
    workbench.browser.do_search("Question 299?") # waits for the lines, not the person
    assert workbench.state()["browser"]["waiting"]
    workbench.browser.do_move(3)
    assert workbench.state()["editor"]["example"] == 3
    go.set()
    until(lambda: [row["words"] for row in workbench.state()["rows"]["rows"]] == ["Question 299?"])
    workbench.browser.do_search("")
    until(lambda: (shown := workbench.state()["browser"])["measured"] is None and not shown["looking"])
    after = workbench.state()
    assert (after["bar"]["examples"], after["bar"]["complete"], after["browser"]["looking"]) == (300, True, False)
    assert after["rows"]["rows"][0]["tokens"] > 0


def test_duplicates_are_looked_for_while_one_goes_on(tmp_path, monkeypatch):
    from ftbench.widgets import search_box
    from ftbench.widgets.browser import Browser
    path, go = tmp_path / "mails.jsonl", threading.Event()
    path.write_text("".join(json.dumps({"messages": [{"role": "user", "content": f"Question {number % 90}, please?"}, {"role": "assistant", "content": "Yes."}]}) + "\n" for number in range(100)))
    monkeypatch.setattr(search_box, "_FEW", 50)
    dataset = open_dataset(path)
    browser, find = Browser(dataset), type(dataset).duplicates
    monkeypatch.setattr(type(dataset), "duplicates", lambda self, *given: (threading.current_thread().name != "ftbench-duplicates" or go.wait(PATIENCE)) and find(self, *given))
    until(lambda: browser.state()["measured"] is None)
    browser.do_search("duplicate:any tokens:>0")
    assert browser.state()["waiting"] and browser.state()["shown"] == 100
    browser.do_move(2)
    assert browser.state()["selection"] == 2
    go.set()
    until(lambda: browser.state()["shown"] == 20)
    assert not browser.state()["waiting"]
    dataset.close()
