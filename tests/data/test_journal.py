"The journal: a model it must agree with, two notebooks on one file, saves that were cut short."
import json
import os
import sqlite3
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import talk, write_examples
from waiting import PATIENCE, until

from ftbench.core import DataError
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import (DeleteExample, DeleteMessage, DuplicateMessage, InsertExample, InsertMessage, MergeMessages, MoveMessage,
                                ReplaceExample, ReplaceText, SetContent, SetRole, SetWeight, SetWeights, SplitMessage, edit_from_json)
from ftbench.data.edit import log, marks
from ftbench.data.edit.history import history
from ftbench.data.edit.journal import Journal, JournalMoved, journal_file
from ftbench.data.file import overlay, written
from ftbench.data.file.source import fingerprint


def example(number): return talk(f"question {number}", f"answer {number}")


def write(path, count=6): return write_examples(path, map(example, range(count)))


def values(ds):
    return [example.value for example in ds]


# against a plain list

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
number = st.integers(0, 7)
edits = st.one_of(
    st.builds(SetContent, number, st.integers(0, 2), texts), st.builds(SetWeight, number, st.integers(0, 2), st.sampled_from([0, 1, .5, None])),
    st.builds(SetRole, number, st.integers(0, 2), st.sampled_from(["user", "assistant", "tool"])),
    st.builds(InsertMessage, number, st.integers(0, 2), texts.map(lambda text: {"role": "assistant", "content": text})),
    st.builds(DeleteMessage, number, st.integers(0, 2)), st.builds(MoveMessage, number, st.integers(0, 2), st.integers(0, 2)),
    st.builds(InsertExample, number, number.map(example)), st.builds(DeleteExample, number),
    st.builds(ReplaceExample, number, number.map(example)), st.builds(SetWeights, number, st.dictionaries(st.integers(0, 2), st.sampled_from([0, 1, None]))),
    st.builds(DuplicateMessage, number, st.integers(0, 2)), st.builds(SplitMessage, number, st.integers(0, 2), st.integers(0, 4)),
    st.builds(MergeMessages, number, st.integers(0, 2)), st.builds(ReplaceText, number, st.sampled_from(["e", "question"]), texts))
gestures = st.lists(st.one_of(st.lists(edits, min_size=1, max_size=3), st.sampled_from(["undo", "undo", "redo", "save", "reopen", "revert"])), max_size=14)


class Model:
    "What a data set should do, with lists that are copied for every step."

    def __init__(self, values): self.history, self.at, self.saved = [values], 0, 0

    @property
    def now(self): return self.history[self.at]

    def apply(self, step):
        values, changed = list(self.now), False
        for edit in step:
            before = list(values)
            if isinstance(edit, InsertExample):
                if edit.at > len(values): raise DataError("")
                values.insert(edit.at, edit.value)
            elif edit.example >= len(values): raise DataError("")
            elif isinstance(edit, DeleteExample): del values[edit.example]
            else: values[edit.example] = edit.apply(values[edit.example])
            changed |= values != before
        if not changed: return
        if self.at < self.saved: # the undoing of what was saved is kept as steps
            kept = self.history[:self.saved + 1] + [self.history[at] for at in range(self.saved - 1, self.at - 1, -1)]
            self.history = kept
        else: self.history = self.history[:self.at + 1]
        self.history.append(values)
        self.at = len(self.history) - 1


@settings(max_examples=60)
@given(gestures)
def test_a_data_set_does_what_a_list_of_lists_does(tmp_path_factory, script):
    path = write(tmp_path_factory.mktemp("model") / "mails.jsonl", 3)
    ds = open_dataset(path)
    model = Model(values(ds))
    for gesture in script:
        if gesture == "undo":
            assert ds.can_undo == (model.at > 0)
            model.at -= bool(ds.undo())
        elif gesture == "redo":
            assert ds.can_redo == (model.at < len(model.history) - 1)
            model.at += bool(ds.redo())
        elif gesture == "revert":
            ds.revert()
            model.at = model.saved
        elif gesture == "save":
            ds.save()
            model.saved = model.at
            assert [json.loads(line) for line in path.read_bytes().splitlines()] == model.now
        elif gesture == "reopen":
            ds.close()
            if path.stat().st_size == 0: return # a file without examples is refused
            ds = open_dataset(path)
        else: _both(ds, model, gesture)
        assert values(ds) == model.now
        assert bool(ds.edits) == (model.at != model.saved)
    ds.close()


def _both(ds, model, step):
    "The step is made by both or refused by both."
    before = model.now
    try: model.apply(step)
    except DataError:
        with pytest.raises(DataError): ds.apply(*step)
        assert values(ds) == before
        return
    ds.apply(*step)


@settings(max_examples=60)
@given(edits)
def test_edits_survive_json_and_their_own_code(edit):
    assert edit_from_json(edit.to_json()) == edit
    done = []
    class Spy: apply = staticmethod(done.append)
    exec(edit.code(), {**globals(), "ds": Spy})
    assert done == [edit] and edit.describe()


def test_an_unknown_edit_is_refused():
    with pytest.raises(DataError, match="SetContent"): edit_from_json('{"op": "Explode", "example": 1}')


# two notebooks on one file

def test_two_data_sets_on_one_file_see_each_others_edits(tmp_path):
    path = write(tmp_path / "mails.jsonl")
    one, two, heard = open_dataset(path), open_dataset(path), []
    two.subscribe(heard.append)
    one.apply(SetContent(0, 0, "from one"))
    assert two[0].value["messages"][0]["content"] == "from one" and len(heard) == 1
    two.apply(DeleteExample(5))
    assert len(one) == 5 and one.edits == two.edits
    one.save()
    assert two.edits == [] and two.to_jsonl() == path.read_bytes()
    two.undo()
    assert len(one) == 6 and len(one.edits) == 1
    one.close(), two.close()


def test_an_edit_made_without_having_looked_is_safe_or_refused(tmp_path):
    path = write(tmp_path / "mails.jsonl")
    one, two = open_dataset(path), open_dataset(path)
    assert len(two) == 6
    one.apply(SetWeight(0, 1, 0))
    two.apply(SetWeight(3, 1, 0)) # another example: nothing can go wrong
    assert len(one.edits) == 2
    one.save()
    two.apply(SetWeight(4, 1, 0)) # the file was replaced, but not at this place
    one.apply(DeleteExample(0))
    with pytest.raises(DataError, match="another notebook"): two.apply(SetContent(2, 0, "meant for what was number 2"))
    two.apply(SetContent(1, 0, "now seen"))
    assert values(one) == values(two)
    one.close(), two.close()


def test_a_stale_writer_is_refused(tmp_path):
    path = write(tmp_path / "mails.jsonl")
    journal = Journal(path, fingerprint(path))
    with pytest.raises(JournalMoved): journal.append(7, [])
    journal.close()


def test_a_save_that_died_before_the_rename_is_forgotten(tmp_path):
    path = write(tmp_path / "mails.jsonl")
    ds = open_dataset(path)
    ds.apply(SetWeight(0, 1, 0))
    journal = ds._shown.journal
    with pytest.raises(KeyboardInterrupt), journal.saving(ds._shown.state.version, fingerprint(path)._replace(size=1, modified=0)):
        raise KeyboardInterrupt
    ds.close()
    ds = open_dataset(path)
    assert len(ds.edits) == 1
    ds.close()


def test_a_save_that_died_after_the_rename_is_complete(tmp_path):
    path = write(tmp_path / "mails.jsonl")
    ds = open_dataset(path)
    ds.apply(SetWeight(0, 1, 0))
    new = ds.to_jsonl()
    other = tmp_path / "new"
    other.write_bytes(new)
    with pytest.raises(KeyboardInterrupt), ds._shown.journal.saving(ds._shown.state.version, fingerprint(other)._replace(modified=0)):
        os.replace(other, path)
        raise KeyboardInterrupt
    ds.close()
    ds = open_dataset(path)
    assert ds.edits == [] and ds.to_jsonl() == new and ds.can_undo
    ds.close()


@pytest.fixture
def two(tmp_path):
    "One file in two notebooks, and what holds its journal as a third would."
    path = tmp_path / "mails.jsonl"
    path.write_text('{"messages": [{"role": "user", "content": "Hi"}]}\n' * 5)
    one = open_dataset(path)
    one.apply(SetContent(0, 0, "First."))
    other = open_dataset(path)
    holder = sqlite3.connect(journal_file(path), isolation_level=None)
    yield one, other, holder
    holder.close(), one.close(), other.close()


def patience(ds, given=""):
    "Ask or say how many milliseconds a data set's connection waits for others that write."
    return ds._shown.journal._database.execute(f"pragma busy_timeout {given}")


def test_a_notebook_that_must_wait_says_so_early_and_loses_nothing(two, monkeypatch):
    one, other, holder = two
    holder.execute("begin immediate")
    with pytest.raises(DataError, match="is writing to") as error: other.apply(SetContent(1, 0, "Second."))
    assert patience(other).fetchone()[0] <= 2000 and "Try again" in error.value.remedy
    with pytest.raises(DataError, match="is writing to"): other.review.tag(1, "later")
    assert len(other) == 5 and other[0].value["messages"][0]["content"] == "First." # reading goes on
    assert len(open_dataset(one.path).edits) == 1 # and so does opening
    holder.execute("rollback")
    other.apply(SetContent(1, 0, "Second."))
    assert one[1].value["messages"][0]["content"] == "Second."


def test_while_another_notebook_saves_all_is_as_it_was(two):
    one, other, holder = two
    holder.execute("update state set planned = ?", ('[1, 0, "another file"]',)) # a save that has written down what it will write …
    holder.execute("begin immediate") # … and is at it
    patience(other, f"= {2000 * PATIENCE}") # so that waiting, if there were any, would be seen on any machine
    before = time.monotonic()
    assert other[0].value["messages"][0]["content"] == "First." and len(other.edits) == 1
    assert time.monotonic() - before < PATIENCE
    holder.execute("rollback") # it was killed
    assert len(other.edits) == 1 and holder.execute("select planned from state").fetchone() == (None,)


# what takes long: others read on, nobody edits meanwhile

def test_nothing_is_edited_while_the_file_is_saved(tmp_path, monkeypatch):
    path = write(tmp_path / "mails.jsonl")
    ds, tried = open_dataset(path), []
    ds.apply(SetContent(0, 0, "mine"))
    monkeypatch.setattr(overlay, "PATIENCE", .02)
    shown = ds.to_jsonl()

    def try_all():
        for action in (lambda: ds.apply(SetContent(1, 0, "too early")), lambda: ds.make_apart([SetContent(1, 0, "too early")]), ds.undo, ds.save):
            with pytest.raises(DataError, match="being saved just now"): action()
            tried.append(ds.to_jsonl() == shown and len(ds.edits) == 1) # one reads on
    real = written.packed

    def slowly(*args):
        try_all()
        yield from real(*args)
        try_all()
    monkeypatch.setattr(overlay, "packed", slowly)
    ds.save()
    assert tried == [True] * 8 and path.read_bytes() == shown == ds.to_jsonl() and ds.edits == []
    ds.undo()
    assert values(ds) == [example(number) for number in range(6)]
    ds.close()


def test_a_great_step_of_another_notebook_is_taken_over_while_one_reads_on(tmp_path, monkeypatch):
    monkeypatch.setattr(overlay, "MANY", 3)
    monkeypatch.setattr(overlay, "PATIENCE", .02)
    path, goes_on = write(tmp_path / "mails.jsonl"), threading.Event()
    one, two, heard = open_dataset(path), open_dataset(path), []
    two.apply(SetContent(0, 0, "of two"))
    assert values(one) == values(two)
    one.subscribe(heard.append)
    draft = overlay.Overlay._draft
    monkeypatch.setattr(overlay.Overlay, "_draft", lambda *args: goes_on.wait(PATIENCE) and draft(*args))
    before = values(one)
    goes_on.set()
    two.make_apart(SetContent(number, 1, "of two") for number in range(6))
    goes_on.clear()
    assert values(one) == before and heard == [] # it is on its way
    with pytest.raises(JournalMoved, match="are being read"): one.apply(SetContent(5, 0, "meanwhile"))
    goes_on.set()
    taken = lambda: values(one) == values(two)
    until(taken)
    assert values(one) != before and heard == [list(range(6))]
    one.undo()
    until(taken)
    assert values(one) == before
    one.close(), two.close()


def test_a_great_many_reviews_of_another_notebook_are_read_while_one_reads_on(tmp_path, monkeypatch):
    monkeypatch.setattr(overlay, "MANY", 3), monkeypatch.setattr(marks, "MANY", 3)
    monkeypatch.setattr(overlay, "PATIENCE", .02)
    path, goes_on = write(tmp_path / "mails.jsonl"), threading.Event()
    one, two = open_dataset(path), open_dataset(path)
    two.review.note(0, "of two")
    assert one.review[0].note == "of two"
    load = marks.Marks._load
    monkeypatch.setattr(marks.Marks, "_load", lambda self: goes_on.wait(PATIENCE) and load(self))
    two.review.tag(range(6), "seen")
    assert len(one.review) == 1 and one[5].value == example(5) # they are on their way
    with pytest.raises(JournalMoved, match="are being read"): one.apply(SetContent(5, 0, "meanwhile"))
    goes_on.set()
    until(lambda: len(one.review) == 6)
    one.apply(SetContent(5, 0, "later"))
    assert one.review[5].tags == ("seen",) and values(two)[5] == values(one)[5] != example(5)
    one.close(), two.close()


def test_a_step_after_a_great_one_was_undone_does_not_wait_for_its_removal(tmp_path, monkeypatch):
    monkeypatch.setattr(log, "_EDITS_LISTED", 3)
    path = write(tmp_path / "mails.jsonl")
    ds = open_dataset(path)
    rows = lambda: sqlite3.connect(journal_file(path)).execute("select count(*) from changes").fetchone()[0]
    ds.apply(SetContent(0, 0, "first"))
    ds.apply(*(SetContent(number, 1, "great") for number in range(6)))
    ds.undo()
    ds.apply(SetContent(0, 0, "second"))
    assert rows() == 8 and not ds.can_redo and len(ds.edits) == 2 and len(history(ds)) == 2
    again = open_dataset(path)
    for each in (ds, again):
        assert values(each) == [{"messages": [{"role": "user", "content": "second"}, example(0)["messages"][1]]}, *map(example, range(1, 6))]
    again.close()
    ds.undo(), ds.undo()
    assert values(ds) == [example(number) for number in range(6)] and not ds.can_undo
    ds.redo(), ds.redo()
    assert values(ds)[0]["messages"][0]["content"] == "second" and not ds.can_redo
    ds.save()
    ds.make_apart(SetContent(number, 0, "greater") for number in range(6))
    assert rows() == 8 # those that were gone went with it
    while ds.can_undo: ds.undo()
    assert values(ds) == [example(number) for number in range(6)]
    ds.close()
