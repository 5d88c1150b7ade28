"Changes of many examples at once: previewed, made as one step, refused when the data moved."
import json
import re
import shutil
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest
from waiting import PATIENCE

from ftbench.core import DataError
from ftbench.data.edit.bulk import drop, replace, set_system, set_weights, tag
from ftbench.data.chat import weight_of
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import (DeleteExample, DuplicateMessage, InsertExample, MergeMessages, ReplaceText, SetArguments, SetContent, SetName, SetToolCalls, SetTools,
                                SetWeights, SplitMessage, edit_from_json)
from ftbench.data.file import overlay

CALL = {"id": "call_1", "type": "function", "function": {"name": "find", "arguments": '{"name": "Acme \\u00fc", "n": 1}'}}


def example(number):
    return {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": f"Is Acme order {number} on its way to Acme?"},
                         {"role": "assistant", "content": None, "tool_calls": [CALL]}, {"role": "tool", "tool_call_id": "call_1", "content": "yes"},
                         {"role": "assistant", "content": "Yes."}], "note": [1, 1.0, {"kept": None}]}


@pytest.fixture
def ds(tmp_path):
    path = tmp_path / "mails.jsonl"
    path.write_bytes(b"".join(json.dumps(example(number)).encode() + b"\n" for number in range(20)) + b'{"broken": \n')
    dataset = open_dataset(path)
    yield dataset
    dataset.close()


def weights(value): return [weight_of(message) for message in value["messages"] if message["role"] == "assistant"]


@pytest.mark.parametrize("policy, wanted", [("last_assistant", [0, 1]), ("all_assistant", [1, 1]), ("none", [0, 0]),
                                            (lambda value: {2: 0.5}, [0.5, 1])])
def test_policies(ds, policy, wanted):
    before, preview = ds.to_jsonl(), set_weights(ds, policy)
    assert preview.counts == {"examples": 20 * (wanted != [1, 1]), "messages": 20 * (2 - wanted.count(1)), "unreadable examples": 1}
    assert ds.to_jsonl() == before # looking changes nothing
    preview.apply()
    assert all(weights(ds[number].value) == wanted for number in range(20))
    if wanted != [1, 1]: assert len(ds.undo()) == 20
    assert ds.to_jsonl() == before


def test_a_table_of_weights_and_taking_them_away(ds):
    set_weights(ds, {3: {2: 0, 4: 0}, 5: {4: 0}}).apply()
    assert weights(ds[3].value) == [0, 0] and weights(ds[5].value) == [1, 0] and len(ds.edits) == 2
    set_weights(ds, lambda value: {2: None, 4: None}).apply()
    assert "weight" not in str(ds[3].value)
    ds.undo(), ds.undo()


@pytest.mark.parametrize("policy", ["first", lambda value: {0: 1}, lambda value: {9: 1}, {0: {2: 7}}])
def test_a_wrong_policy_is_refused_before_anything_is_shown(ds, policy):
    with pytest.raises(DataError): set_weights(ds, policy)
    assert not ds.edits


def test_system_prompts(ds):
    ds.apply(SetContent(0, 0, "Take orders."))
    preview = set_system(ds, "Take orders.")
    assert preview.counts["examples"] == 19 and preview.samples[0] == (1, "Be brief.", "Take orders.")
    preview.apply()
    assert {value.value["messages"][0]["content"] for value in ds if value.value} == {"Take orders."}
    set_system(ds.select("#3"), None).apply()
    assert ds[2].value["messages"][0]["role"] == "user" and ds[3].value["messages"][0]["role"] == "system"
    set_system(ds, "New.").apply()
    assert all(ds[number].value["messages"][0] == {"role": "system", "content": "New."} for number in range(20))


def test_replacing_text_in_contents_and_arguments(ds):
    before = ds.to_jsonl()
    preview = replace(ds, "Acme", 'Globex "G"')
    assert preview.counts == {"examples": 20, "replacements": 60, "unreadable examples": 1}
    preview.apply()
    messages = ds[7].value["messages"]
    assert messages[1]["content"] == 'Is Globex "G" order 7 on its way to Globex "G"?'
    assert messages[2]["tool_calls"][0]["function"]["arguments"] == r'{"name": "Globex \"G\" \u00fc", "n": 1}' # JSON still, in its spelling
    assert ds[7].value["note"] == example(7)["note"] and len(ds.edits) == 20
    ds.undo()
    assert ds.to_jsonl() == before


def test_replacing_a_pattern_in_some_roles(ds):
    preview = replace(ds, re.compile(r"order (\d+)"), r"no. \1", roles="user")
    assert preview.samples[4].after == "Is Acme no. 4 on its way to Acme?" and len(preview.samples) == 5
    preview.apply()
    assert "no. 13 on" in ds[13].value["messages"][1]["content"]
    assert replace(ds, "yes", "no", roles=["assistant"]).counts["replacements"] == 0
    assert replace(ds, re.compile("YES", re.IGNORECASE), "no").counts["replacements"] == 40


@pytest.mark.parametrize("old, new, roles", [("", "x", "user"), ("a", "b", "boss"), (re.compile("a"), r"\3", "user"), (re.compile("a"), r"\g<b>", "user")])
def test_a_wrong_replacement_is_refused(ds, old, new, roles):
    with pytest.raises(DataError): replace(ds, old, new, roles)


def test_dropping_some(ds):
    kept = [number for number in range(21) if number not in (0, 7, 20)]
    lines = ds.to_jsonl().splitlines(keepends=True)
    drop(ds.select(lambda example: example.index not in kept)).apply()
    assert ds.to_jsonl() == b"".join(lines[number] for number in kept)
    ds.save()
    ds.undo()
    assert ds.to_jsonl() == b"".join(lines)


def test_a_tag_is_no_edit(ds):
    ds.review.tag(2, "first")
    preview = tag(ds.select(lambda example: example.index < 4), "first")
    assert preview.counts == {"examples": 3}
    preview.apply()
    assert ds.review.having("tag", "first").tolist() == [0, 1, 2, 3] and not ds.edits
    ds.review.undo()
    assert ds.review.having("tag", "first").tolist() == [2]


def test_a_preview_refuses_when_the_data_moved(ds):
    previews = [set_weights(ds, "none"), drop(ds), replace(ds, "yes", "no")]
    other = open_dataset(ds.path) # another notebook
    other.append(example(21))
    for preview in previews:
        with pytest.raises(DataError, match="changed since"): preview.apply()
    assert ds.edits == other.edits
    other.close()


def test_previews_say_what_they_would_do(ds):
    ds.apply(SetContent(0, 1, "<b>Acme</b>"))
    preview = replace(ds, "Acme", "<i>")
    assert "20 examples" in repr(preview) and "&lt;b&gt;Acme" in preview._repr_html_() and "<b>" not in preview._repr_html_()


def test_a_hundred_thousand_edits_are_not_held_in_memory(tmp_path):
    path = tmp_path / "large.jsonl"
    line = json.dumps({"messages": [{"role": "user", "content": "a" * 300}, {"role": "assistant", "content": "b" * 300}]}).encode() + b"\n"
    path.write_bytes(line * 8000)
    ds = open_dataset(path)
    preview = set_weights(ds, "none")
    tracemalloc.start()
    preview.apply()
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8000 * (len(line) + 500) + 12e6 # the new lines, and some thousand edits on their way
    assert len(ds.edits) == 8000
    ds.close()


# the edits themselves

def test_new_edits_do_what_they_say_and_survive_json():
    value = example(1)
    for edit, check in [
        (SetName(0, 1, "ann"), lambda m: m[1]["name"] == "ann"),
        (DuplicateMessage(0, 1), lambda m: len(m) == 6 and m[1] == m[2]),
        (SplitMessage(0, 1, 5), lambda m: m[1]["content"] == "Is Ac" and m[2]["content"].startswith("me order")),
        (SetToolCalls(0, 2, None), lambda m: "tool_calls" not in m[2]),
        (SetArguments(0, 2, 0, "{}"), lambda m: m[2]["tool_calls"][0]["function"]["arguments"] == "{}"),
        (SetWeights(0, {2: 0, 4: 1}), lambda m: (m[2]["weight"], m[4]["weight"]) == (0, 1)),
        (ReplaceText(0, "brief", "kind"), lambda m: m[0]["content"] == "Be kind.")]:
        again = edit_from_json(edit.to_json())
        assert again == edit and check(again.apply(value)["messages"]) and edit.describe() and value == example(1)
    assert SetTools(0, [{"a": 1}]).apply(value)["tools"] == [{"a": 1}] and SetTools(0, None).apply(value) == value
    assert SetTools(0, [1]).apply({"input": {"messages": []}}) == {"input": {"messages": [], "tools": [1]}}


def test_merging_and_splitting():
    halves = SplitMessage(0, 4, 2).apply(example(1))
    assert MergeMessages(0, 4).apply(halves) == example(1)
    for at, why in ((0, "role"), (2, "role"), (4, "no message 5")):
        with pytest.raises(DataError, match=why): MergeMessages(0, at).apply(example(1))
    two = {"messages": [{"role": "assistant", "content": "a", "tool_calls": [CALL]}, {"role": "assistant", "content": [{"type": "text", "text": "b"}], "tool_calls": [CALL]}]}
    merged = MergeMessages(0, 0).apply(two)["messages"]
    assert merged == [{"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "tool_calls": [CALL, CALL]}]
    for content, at in (("ab", 0), ("ab", 2), (None, 1), ([], 1)):
        with pytest.raises(DataError, match="cannot be split"): SplitMessage(0, 0, at).apply({"messages": [{"role": "user", "content": content}]})
    weighed = {"messages": [{"role": "assistant", "content": "a", "weight": 0}, {"role": "assistant", "content": "b"}]}
    with pytest.raises(DataError, match="weight"): MergeMessages(0, 0).apply(weighed)


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "large.jsonl"
    path.write_bytes(b"".join(json.dumps(example(number)).encode() + b"\n" + b"\n" * (number % 7 == 0) for number in range(3000)))
    dataset = open_dataset(path)
    yield dataset
    dataset.close()


def test_the_first_examples_are_looked_at_at_once_and_the_others_when_asked(large):
    preview = replace(large, "order", "parcel")
    assert 1000 <= preview.known["examples"] < 1100 and not preview.complete and 0 < preview.progress < 1 and len(preview.samples) == 5
    assert not preview.look(0) and preview.look(60)
    assert preview.complete and preview.known == preview.counts == {"examples": 3000, "replacements": 3000}


def test_a_change_between_two_looks_is_said(large):
    preview = set_weights(large, "none")
    large.apply(SetContent(0, 1, "Changed."))
    with pytest.raises(DataError, match="has changed since"): preview.look(60)
    with pytest.raises(DataError, match="has changed since"): preview.apply()
    assert len(large.edits) == 1


def test_others_read_on_while_many_examples_are_changed_and_see_what_was(large, monkeypatch):
    monkeypatch.setattr(overlay, "PATIENCE", .02)
    before, seen, refused = large.to_jsonl(), [], []
    preview = set_system(large, "New.")

    def watch(share):
        seen.append((share, large[2999].value["messages"][0]["content"], large.select("parcel").known, len(large)))
        if not refused:
            with pytest.raises(DataError, match="being changed just now") as error: large.apply(SetContent(0, 1, "Mine."))
            refused.append(error)
            with pytest.raises(DataError, match="being changed just now"): large.review.tag(0, "mine")
    assert preview.apply(watch) is True
    assert len(seen) > 20 and [share for share, *_ in seen] == sorted(share for share, *_ in seen) and seen[-1][0] == 1
    assert {content for _, content, *_ in seen} == {"Be brief."} # not the half of it
    assert all(large[number].value["messages"][0]["content"] == "New." for number in range(3000)) and len(large.edits) == 3000
    large.apply(SetContent(0, 1, "Mine.")) # again welcome
    large.undo(), large.undo()
    assert large.to_jsonl() == before


@pytest.mark.parametrize("change", [lambda ds: set_system(ds, "New."), lambda ds: tag(ds, "seen")])
def test_who_edits_or_reviews_meanwhile_waits_for_the_end_while_others_read(large, change, monkeypatch):
    monkeypatch.setattr(overlay, "PATIENCE", PATIENCE)
    begun, goes_on = threading.Event(), threading.Event()
    with ThreadPoolExecutor() as pool:
        step = pool.submit(change(large.select("line:500..")).apply, lambda share: begun.set() or goes_on.wait(PATIENCE))
        begun.wait(PATIENCE)
        others = [pool.submit(large.apply, SetContent(0, 1, "Mine.")), pool.submit(large.review.decide, 1, "keep")]
        assert large[0].value["messages"][1]["content"] != "Mine." and large.review[1].decision is None and not any(other.done() for other in others)
        goes_on.set()
        assert step.result() and [other.result() for other in others] == [None] * 2
    assert large[0].value["messages"][1]["content"] == "Mine." and large.review[1].decision == "keep"


def test_what_was_meant_for_examples_as_they_were_is_not_done_after_a_change_of_many(large, monkeypatch):
    monkeypatch.setattr(overlay, "PATIENCE", PATIENCE)
    waiting, wait = threading.Semaphore(0), overlay.Overlay.wait_until_free
    large.apply(SetContent(0, 1, "Before."))
    large.review.decide(0, "todo")
    begun, goes_on = threading.Event(), threading.Event()
    with ThreadPoolExecutor() as pool:
        step = pool.submit(drop(large.select("line:500..")).apply, lambda share: begun.set() or goes_on.wait(PATIENCE))
        begun.wait(PATIENCE)
        monkeypatch.setattr(overlay.Overlay, "wait_until_free", lambda *arguments: waiting.release() or wait(*arguments))
        others = [pool.submit(action, *arguments) for action, *arguments in
                  [(large.apply, SetContent(600, 1, "Mine.")), (large.append, example(2)), (large.review.decide, 600, "keep"), (large.undo,)]]
        for _ in others: assert waiting.acquire(timeout=PATIENCE)
        goes_on.set()
        assert step.result()
        for other, why in zip(others, ["same place", "same place", "edited in another", "changed meanwhile"]):
            with pytest.raises(DataError, match=why): other.result()
    assert len(large) < 600 and large[0].value["messages"][1]["content"] == "Before." and large.review[0].decision == "todo"


@pytest.mark.parametrize("change", [lambda ds: set_weights(ds, "none"), drop])
def test_cancelled_halfway_nothing_has_changed(large, change):
    before, preview = large.to_jsonl(), change(large.select("line:500.."))
    assert preview.apply(lambda share: preview.cancel() if share > .5 else None) is False
    assert large.to_jsonl() == before and not large.can_undo and not large.edits
    large.apply(SetContent(0, 1, "Mine."))
    assert len(large.edits) == 1
    with pytest.raises(DataError, match="cancelled"): preview.counts


@pytest.mark.parametrize("wrong", [lambda share: 1 / 0, lambda share: (_ for _ in ()).throw(KeyboardInterrupt())])
def test_an_interrupted_change_leaves_no_trace(large, wrong):
    before = large.to_jsonl()
    with pytest.raises((ZeroDivisionError, KeyboardInterrupt)): set_weights(large, "none").apply(wrong)
    assert large.to_jsonl() == before and not large.can_undo
    set_weights(large, "none").apply()
    large.save()
    assert open_dataset(large.path).to_jsonl() == large.to_jsonl() != before


def test_changes_over_changes_come_out_as_one_by_one(large, tmp_path):
    other = open_dataset(shutil.copy(large.path, tmp_path / "other.jsonl"))
    for dataset, at_once in ((large, True), (other, False)):
        dataset.apply(SetContent(3, 1, "Acme first."), DeleteExample(10), InsertExample(20, example(-1)))
        previews = [lambda: replace(dataset, "Acme", "Globex"), lambda: drop(dataset.select("#4 or #21 or #2,000..2,500 or Globex -order")),
                    lambda: replace(dataset.select("line:..900"), "Globex", "Acme"), lambda: set_system(dataset, None)]
        for make in previews:
            preview = make()
            preview.apply() if at_once else dataset._shown._make(list(edits_of(preview)))
    assert large.to_jsonl() == other.to_jsonl() and [edit.to_json() for edit in large.edits] == [edit.to_json() for edit in other.edits]
    for dataset in (large, other): dataset.undo()
    assert large.to_jsonl() == other.to_jsonl()
    other.close()


def edits_of(preview):
    "What a preview would do, edit by edit."
    made = []
    preview.dataset.make_apart, keep = (lambda edits, going: made.extend(edits) or True), preview.dataset.make_apart
    preview.apply()
    preview.dataset.make_apart = keep
    return made
