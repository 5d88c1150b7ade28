"Reviews: they follow their example through everything, against a model; two notebooks; dumps in another order."
import json
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mails import write_examples

from ftbench.core import DataError
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import DeleteExample, InsertExample, SetContent
from ftbench.data.edit.review import Review


def value(text): return {"messages": [{"role": "user", "content": text}]}


def write(path, texts): return write_examples(path, map(value, texts))


def texts(ds): return [example.value["messages"][0]["content"] for example in ds]


number = st.integers(0, 7)
gestures = st.lists(st.one_of(
    st.tuples(st.just("edit"), st.lists(st.tuples(st.sampled_from(["set", "insert", "delete", "delete"]), number), min_size=1, max_size=4)),
    st.tuples(st.just("decide"), st.lists(number, min_size=1, max_size=3), st.sampled_from(["keep", "drop", None])),
    st.tuples(st.just("tag"), st.lists(number, min_size=1, max_size=3), st.sampled_from(["a", "b"])),
    st.tuples(st.sampled_from(["undo", "undo", "redo", "save", "reopen", "unreview", "rereview", "dump"]))), max_size=18)


class Model:
    "Each example has a number for life, to which its review belongs; a state is a list of (life, text)."

    def __init__(self, texts):
        self.history, self.at, self.saved, self.lives = [list(enumerate(texts))], 0, 0, len(texts)
        self.reviews, self.done, self.undone = {}, [], []

    @property
    def now(self): return self.history[self.at]

    def edit(self, steps):
        "The edits of a step, as far as there are examples for them."
        now, edits = list(self.now), []
        for kind, at in steps:
            if kind == "insert":
                at = min(at, len(now))
                now.insert(at, (self.lives, f"text {self.lives}"))
                edits.append(InsertExample(at, value(now[at][1])))
            elif at < len(now) and len(now) > 1:
                edits.append(SetContent(at, 0, f"text {self.lives}") if kind == "set" else DeleteExample(at))
                if kind == "set": now[at] = now[at][0], f"text {self.lives}"
                else: del now[at]
            self.lives += 1
        if self.at < self.saved: self.history = self.history[:self.saved + 1] + self.history[self.at:self.saved][::-1]
        else: self.history = self.history[:self.at + 1]
        self.history.append(now)
        self.at = len(self.history) - 1
        return edits

    def review(self, indices, change):
        before = {self.now[at][0]: self.reviews.get(self.now[at][0], Review()) for at in indices}
        after = {life: change(review) for life, review in before.items()}
        if after == before: return
        self.reviews |= after
        self.done, self.undone = [*self.done, (before, after)], []


@settings(max_examples=80)
@given(gestures)
@example([("edit", [("set", 0)]), ("decide", [0], "keep"), ("edit", [("set", 0), ("delete", 0)]), ("undo",)])
def test_reviews_follow_their_examples(tmp_path_factory, script):
    path = write(tmp_path_factory.mktemp("review") / "mails.jsonl", [f"text {at}" for at in range(4)])
    ds, model = open_dataset(path), Model([f"text {at}" for at in range(4)])
    for what, *arguments in script:
        if what == "edit":
            kept = model.history, model.at
            if not (edits := model.edit(*arguments)): model.history, model.at = kept
            else: ds.apply(*edits)
        elif what in ("decide", "tag"):
            indices, name = [at for at in arguments[0] if at < len(model.now)], arguments[1]
            getattr(ds.review, what)(indices, name)
            model.review(indices, lambda review: review._replace(decision=name) if what == "decide"
                         else review if name in review.tags else review._replace(tags=(*review.tags, name)))
        else: ds = other_gesture(what, ds, model, path)
        assert texts(ds) == [text for _, text in model.now]
        assert [ds.review[at] for at in range(len(ds))] == [model.reviews.get(life, Review()) for life, _ in model.now]
    ds.close()


def other_gesture(what, ds, model, path):
    if what == "undo": model.at -= bool(ds.undo())
    elif what == "redo": model.at += bool(ds.redo())
    elif what == "save":
        ds.save()
        model.saved = model.at
    elif what == "reopen":
        ds.close()
        ds = open_dataset(path)
    elif what == "unreview":
        ds.review.undo()
        if model.done:
            model.undone.append(model.done.pop())
            model.reviews |= model.undone[-1][0]
    elif what == "rereview":
        ds.review.redo()
        if model.undone:
            model.done.append(model.undone.pop())
            model.reviews |= model.done[-1][1]
    elif model.at == model.saved: # another program writes the file anew, in another order and spelling
        now = list(model.now)
        random.Random(len(now)).shuffle(now)
        path.write_text("".join(json.dumps(value(text), separators=(",", ":")) + " \n" for _, text in now))
        model.history, model.at, model.saved = [now], 0, 0
    return ds


def test_copies_of_one_example_are_told_apart(tmp_path):
    ds = open_dataset(write(tmp_path / "mails.jsonl", ["a", "same", "b", "same", "same"]))
    ds.review.decide(1, "keep")
    ds.review.decide([3, 4], "drop")
    ds.apply(DeleteExample(1))
    assert [ds.review[at].decision for at in range(4)] == [None, None, "drop", "drop"]
    ds.undo()
    assert [ds.review[at].decision for at in range(5)] == [None, "keep", None, "drop", "drop"]
    ds.close()


def test_moving_an_example_takes_its_review_along(tmp_path):
    ds = open_dataset(write(tmp_path / "mails.jsonl", ["a", "b", "c"]))
    ds.review.note(0, "first")
    ds.apply(InsertExample(3, value("a")), DeleteExample(0))
    assert texts(ds) == ["b", "c", "a"] and [ds.review[at].note for at in range(3)] == ["", "", "first"]
    ds.close()


def test_two_notebooks_see_each_others_reviews(tmp_path):
    path = write(tmp_path / "mails.jsonl", ["a", "b", "c"])
    one, two = open_dataset(path), open_dataset(path)
    one.review.decide(2, "keep")
    assert two.review[2].decision == "keep"
    two.apply(InsertExample(0, value("new")))
    with pytest.raises(DataError, match="another notebook"): one.review.decide(0, "drop") # it has not seen that all moved
    one.review.decide(3, "todo")
    assert two.review[3].decision == "todo" and two.review[0] == Review()
    two.save()
    assert one.review[3].decision == "todo"
    one.close(), two.close()


def test_reverting_takes_no_decision_away(tmp_path):
    ds = open_dataset(write(tmp_path / "mails.jsonl", ["a", "b"]))
    ds.apply(SetContent(0, 0, "A"))
    ds.review.decide([0, 1], "keep")
    ds.revert()
    ds.apply(SetContent(1, 0, "B"))
    assert [ds.review[at].decision for at in range(2)] == ["keep", "keep"]
    ds.close()


def test_pending_edits_and_reviews_survive_a_new_dump(tmp_path):
    path = write(tmp_path / "mails.jsonl", [f"text {at}" for at in range(50)])
    ds = open_dataset(path)
    ds.apply(*(SetContent(at, 0, f"better {at}") for at in range(10, 20)))
    ds.apply(DeleteExample(30))
    ds.review.tag(range(8, 32), "seen")
    ds.close()
    write(path, ["new", *(f"text {at}" for at in reversed(range(50)) if at != 15)]) # another order, one is gone
    with pytest.warns(UserWarning, match="edit message 0 of example #16"): ds = open_dataset(path, changed="reapply")
    assert len(ds) == 49 and sorted(texts(ds)) == sorted(["new", *(f"better {at}" if 10 <= at < 20 else f"text {at}" for at in range(50) if at not in (15, 30))])
    tagged = {texts(ds)[at] for at in ds.review.having("tag", "seen").tolist()}
    assert tagged == {f"better {at}" if 10 <= at < 20 else f"text {at}" for at in range(8, 33) if at not in (15, 30)} # of what was there then
    ds.undo(), ds.undo()
    assert len(ds) == 50 and "text 12" in texts(ds)
    ds.close()


def test_export_and_load(tmp_path):
    ds = open_dataset(write(tmp_path / "mails.jsonl", ["a", "b", "c"]))
    ds.review.decide(0, "drop")
    ds.review.tag([0, 2], "ü \"quoted\"")
    ds.review.note(2, "two\nlines")
    assert ds.review.export(tmp_path / "reviews.jsonl") == 2
    rows = [json.loads(line) for line in (tmp_path / "reviews.jsonl").read_text().splitlines()]
    assert rows[0] == {"example": 0, "line": 1, "decision": "drop", "tags": ['ü "quoted"'], "note": "", "key": rows[0]["key"]}
    other = open_dataset(write(tmp_path / "other.jsonl", ["x", "c", "y"]))
    other.review.tag(1, "own")
    assert other.review.load(tmp_path / "reviews.jsonl") == rows[:1]
    assert other.review[1] == Review(None, ("own", 'ü "quoted"'), "two\nlines")
    other.review.undo()
    assert other.review[1] == Review(None, ("own",), "")
    (tmp_path / "wrong.jsonl").write_text('{"example": 0}\n')
    with pytest.raises(DataError, match="line 1 is not a review"): other.review.load(tmp_path / "wrong.jsonl")
    ds.close(), other.close()


def test_many_marks_and_many_shifts(tmp_path):
    ds = open_dataset(write(tmp_path / "mails.jsonl", [f"text {at}" for at in range(3000)]))
    ds.review.tag(range(0, 3000, 3), "third")
    for _ in range(300): ds.apply(InsertExample(0, value("new"))) # more shifts than are noted down
    ds.apply(*(DeleteExample(at) for at in range(299, -1, -1)))
    assert ds.review.having("tag", "third").tolist() == list(range(0, 3000, 3))
    ds.apply(*(DeleteExample(at) for at in range(2999, 99, -1)))
    assert len(ds.review) == 34
    ds.undo()
    again = open_dataset(ds.path)
    for each in (ds, again): assert each.review.having("tag", "third").tolist() == list(range(0, 3000, 3))
    ds.close(), again.close()


@pytest.mark.parametrize("wrong", [lambda reviews: reviews.decide(0, "maybe"), lambda reviews: reviews.tag(0, " "), lambda reviews: reviews.note(9, "x"),
                                   lambda reviews: reviews.decide([0, -4], "keep")])
def test_wrong_reviews_are_refused(tmp_path, wrong):
    ds = open_dataset(write(tmp_path / "mails.jsonl", ["a", "b", "c"]))
    with pytest.raises(DataError): wrong(ds.review)
    assert len(ds.review) == 0
    ds.close()


@pytest.mark.parametrize("write", [lambda review, text: review.tag(0, text), lambda review, text: review.note(0, text), lambda review, text: review.give({0: Review(None, (), text)})])
def test_half_of_a_character_is_refused_and_nothing_is_lost(tmp_path, write):
    path = tmp_path / "mails.jsonl"
    path.write_text('{"messages": [{"role": "user", "content": "Hi"}]}\n' * 3)
    dataset = open_dataset(path)
    dataset.review.tag(0, "fine")
    with pytest.raises(DataError, match="half of a character") as error: write(dataset.review, "see \ud83d here")
    assert "again" in error.value.remedy and dataset.review[0] == Review(None, ("fine",), "")
    write(dataset.review, "see 🙂 here")
    assert "🙂" in str(dataset.review[0])
    dataset.close()
