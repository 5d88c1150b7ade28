"Two notebooks on one file: whatever the one does between any two statements of the other's database, nothing is lost."
import json
import threading
import time

import pytest
from mails import talk, write_examples

from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import InsertMessage
from ftbench.data.edit.journal import JournalMoved
from ftbench.data.file.source import Source
from waiting import until


def example(number): return talk(f"question {number}", f"answer {number}")


def write(path): return write_examples(path, map(example, range(4)))


def said(value): return [message["content"] for message in value["messages"]]


def say(ds, number, text): ds.apply(InsertMessage(number, 0, {"role": "user", "content": text}))


def insist(action, *arguments):
    "Look and try again, as the error says, where the other notebook was faster by a hair."
    while True:
        try: return action(*arguments)
        except JournalMoved: time.sleep(.001)


def between(ds, moment, action):
    "Let an action happen once, before the statement of that number outside a transaction; gives the statements, and what went wrong."
    seen, faults, database = [], [], ds._shown.journal._database

    def look(statement):
        if database.in_transaction: return
        seen.append(statement)
        if len(seen) != moment: return
        try: action()
        except Exception as error: faults.append(error) # SQLite passes over what a callback raises
    database.set_trace_callback(look)
    return seen, faults


def work(ds):
    "What one notebook does: edits, reviews and saves."
    for text in ("first", "second"):
        insist(say, ds, 0, text)
        insist(ds.review.tag, 2, text)
        insist(ds.save)


def undo_and_redo(ds):
    "The same, with second thoughts."
    for step in (ds.undo, ds.redo, ds.undo, ds.save, ds.redo): insist(step)


def other_edits(ds): insist(say, ds, 3, "other")


def other_saves(ds):
    other_edits(ds)
    insist(ds.save)


def other_reviews(ds): insist(ds.review.tag, 2, "other")


def other_undoes(ds): insist(ds.undo)


@pytest.mark.parametrize("doing", [work, undo_and_redo])
@pytest.mark.parametrize("action", [other_edits, other_saves, other_reviews, other_undoes])
def test_the_other_may_come_between_at_any_moment(tmp_path, doing, action):
    moment = 0
    while True:
        moment += 1
        path = write(tmp_path / f"mails{moment}.jsonl")
        one, two = open_dataset(path), open_dataset(path)
        say(one, 1, "begun")
        seen, faults = between(one, moment, lambda: action(two))
        doing(one)
        assert not faults
        one._shown.journal._database.set_trace_callback(None)
        if len(seen) < moment: break
        _agree(path, one, two, doing, action)
        one.close(), two.close()
    assert moment > 20


def _agree(path, one, two, doing, action):
    "Both show the same, the file holds it when it is saved, all that was said is there, and all can be taken back."
    insist(two.save)
    shown = [example.value for example in one]
    assert shown == [example.value for example in two] == [json.loads(line) for line in path.read_bytes().splitlines()]
    assert one.review[2] == two.review[2]
    if doing is work and action is not other_undoes: assert said(shown[0]) == ["second", "first", "question 0", "answer 0"]
    if doing is work: assert {"first", "second"} <= set(one.review[2].tags)
    if action in (other_edits, other_saves) and doing is work: assert said(shown[3])[0] == "other"
    if action is other_reviews: assert "other" in one.review[2].tags
    while two.can_undo: two.undo()
    while two.review.cursor: two.review.undo()
    assert [example.value for example in one] == [example(number) for number in range(4)] and not len(one.review)


def test_many_writers_lose_nothing(tmp_path):
    path, faults = write(tmp_path / "mails.jsonl"), []

    def write_ten(who):
        ds = open_dataset(path)
        for turn in range(10):
            insist(say, ds, who, f"{who}-{turn}")
            insist(ds.review.tag, 0, f"{who}-{turn}")
            if turn % 4 == 3: insist(ds.save)
        ds.close()

    def guarded(who):
        try: write_ten(who)
        except Exception as error: faults.append(error)
    threads = [threading.Thread(target=guarded, args=(who,)) for who in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert not faults
    ds = open_dataset(path)
    for who in range(4): assert said(ds[who].value)[:10] == [f"{who}-{turn}" for turn in range(9, -1, -1)]
    assert set(ds.review[0].tags) == {f"{who}-{turn}" for who in range(4) for turn in range(10)}
    while ds.can_undo: ds.undo()
    assert [example.value for example in ds] == [example(number) for number in range(4)]
    ds.close()


def test_nobody_waits_while_a_file_is_let_go_that_another_notebook_has_replaced(tmp_path, monkeypatch):
    path = write(tmp_path / "mails.jsonl")
    one, other = open_dataset(path), open_dataset(path)
    say(one, 0, "new")
    one.save()
    looked, in_time, close = threading.Event(), [], Source.close

    def slowly(source):
        in_time.append(looked.wait(2)) # at most so long, where who looks is who waits
        close(source)
    monkeypatch.setattr(Source, "close", slowly)
    assert said(other[0].value)[0] == "new"
    looked.set()
    until(lambda: in_time)
    assert in_time == [True]
    one.close(), other.close()
