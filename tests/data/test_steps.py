"One undo for edits and reviews: in the order in which they were made, in whatever session, notebook or way."
import json
import random

import pytest

from ftbench.data.dataset import open_dataset
from ftbench.data.edit import log, review
from ftbench.data.edit.edits import DeleteExample, InsertExample, SetContent
from ftbench.data.edit.steps import Steps
from ftbench.data.file import overlay, texts


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "mails.jsonl"
    path.write_text("".join(json.dumps({"messages": [{"role": "user", "content": f"question {number}"}]}) + "\n" for number in range(6)))
    return path


def shown(ds): return ds.to_jsonl(), [(number, review) for number, review in ds.review]


def test_the_order_outlives_the_session(path):
    ds = open_dataset(path)
    states = [shown(ds)]
    for act in (lambda: ds.review.decide(1, "keep"), lambda: ds.apply(SetContent(0, 0, "one")), lambda: ds.review.tag([1, 2], "bike"),
                lambda: ds.apply(DeleteExample(4)), lambda: ds.review.note(0, "unclear")):
        act()
        states.append(shown(ds))
    for right in reversed(states[:-1]):
        ds.close()
        ds = open_dataset(path)
        assert Steps(ds).undo() and shown(ds) == right
    assert not Steps(ds).can_undo and Steps(ds).undo() == []
    for right in states[1:]:
        ds.close()
        ds = open_dataset(path)
        assert Steps(ds).can_redo and Steps(ds).redo() and shown(ds) == right
    assert not Steps(ds).can_redo and Steps(ds).redo() == []
    ds.close()


def test_steps_of_another_notebook_and_of_code_have_their_turn(path):
    one, two = open_dataset(path), open_dataset(path)
    steps = Steps(one)
    one.review.decide(0, "keep")
    two.apply(SetContent(1, 0, "two"))
    two.review.decide(2, "drop")
    one.save()
    assert steps.undo() == [2] and steps.undo() == [1] and one[1].value["messages"][0]["content"] == "question 1"
    two.redo() # in code
    assert steps.undo() == [1] and steps.undo() == [0] and not list(one.review)
    one.close(), two.close()


@pytest.mark.parametrize("seed", range(16))
def test_any_history_goes_back_and_forth_step_by_step(path, seed, monkeypatch):
    if seed % 2: # the ways of steps of a great many examples
        for module, name in ((overlay, "MANY"), (review, "MANY"), (log, "_EDITS_LISTED"), (texts, "_NEAR")): monkeypatch.setattr(module, name, 0)
    rng, ds = random.Random(seed), open_dataset(path)
    done, undone = [], []
    for turn in range(25):
        steps, before, way = Steps(ds), shown(ds), rng.random()
        if way < .3 and done:
            assert steps.undo() is not None
            undone.append(before)
            assert shown(ds) == done.pop()
        elif way < .45 and undone:
            steps.redo()
            done.append(before)
            assert shown(ds) == undone.pop()
        elif way < .55: ds.save()
        elif way < .65:
            ds.close()
            ds = open_dataset(path)
        elif not undone: # what was taken back could be made again after something new: other states
            rng.choice([lambda: ds.review.tag(rng.randrange(len(ds)), f"t{turn}"), lambda: ds.review.note(rng.randrange(len(ds)), f"note {turn}"),
                        lambda: ds.apply(InsertExample(rng.randrange(len(ds)), {"messages": [{"role": "user", "content": "new"}], "n": turn})),
                        lambda: ds.make_apart([DeleteExample(0), InsertExample(1, {"messages": [{"role": "user", "content": "new"}]}), SetContent(1, 0, f"text {turn}"), DeleteExample(2)])
                        if len(ds) > 3 else ds.review.tag(0, "kept")])()
            done.append(before)
    ds.close()


def test_what_depends_on_the_examples_hears_when_the_last_ones_are_deleted(path):
    ds, heard = open_dataset(path), []
    ds.subscribe(heard.append)
    ds.apply(InsertExample(6, {"messages": [{"role": "user", "content": "question 5"}, {"role": "assistant", "content": "Yes."}]}),
             InsertExample(7, {"messages": [{"role": "user", "content": "question 5"}, {"role": "assistant", "content": "Yes."}]}))
    assert ds.duplicates().clusters
    ds.apply(DeleteExample(7))
    assert not ds.duplicates().clusters and list(heard[-1]) == [] and heard[-1] is not None
    ds.save()
    assert heard[-1] is None
    ds.close()


def test_a_great_many_edits_go_back_and_forth_while_others_read(tmp_path, monkeypatch):
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps({"messages": [{"role": "user", "content": f"question {number}"}]}) + "\n" for number in range(1600)))
    ds = open_dataset(path)
    view, first = ds.select("line:..3"), ds.to_jsonl()
    ds.review.tag(range(1200), "seen")
    ds.apply(SetContent(1599, 0, "the last one"))
    assert len(view.numbers) == 3 # nothing came or went
    ds.make_apart(SetContent(number, 0, f"text {number}" * 900) for number in range(1600))
    states, heard = [shown(ds)], []
    ds.subscribe(heard.append)
    drop = DeleteExample(1598), *(InsertExample(number, {"messages": []}) for number in range(400)), *(DeleteExample(number) for number in range(1200, 500, -1))
    ds.make_apart(drop)
    states.append(shown(ds))
    for steps in range(3):
        undone = ds.undo()
        assert shown(ds) == states[0] and len(undone) == len(drop) and undone[-1].position == 1598 and len(undone[1:3]) == 2
        again = ds.redo()
        assert shown(ds) == states[1] and again == list(drop) and again[0] == drop[0] and len(ds.edits) == len(drop) + 1601
    assert "1,101 edits" in repr(again) and len(heard) == 7
    ds.save()
    assert open_dataset(path).to_jsonl() == states[1][0]
    ds.undo(), ds.undo(), ds.undo()
    assert ds.to_jsonl() == first and len(ds.edits) == len(drop) + 1601
    ds.review.undo()
    assert not list(ds.review) and list(ds.review.redo()) == list(range(1200))
    ds.close()
