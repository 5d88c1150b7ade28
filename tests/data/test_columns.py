"""Columns: the same as measuring every example alone, after any edit, and kept for the next time.

Random edits: FTBENCH_EDIT_ROUNDS=200 makes a long run of them (default 12).
"""
import json
import os
import random
import shutil
import threading
import time

import numpy as np
import pytest
from mails import talk, write_examples
from shared_data import CHATS, SHARED, needs_shared
from waiting import until

import ftbench.data.table.scan as scan
from ftbench.core import DataError
from ftbench.data.block import MARGIN, block_of
from ftbench.data.table import columns
from ftbench.data.table.columns import COUNTS, Measures, Store, load
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import DeleteExample, InsertExample, ReplaceExample, SetContent, SetWeight
from ftbench.data.table.measure import block_in, measurer
from ftbench.data.count.tokens import tokens_of

ROUNDS = int(os.environ.get("FTBENCH_EDIT_ROUNDS", 12))


@pytest.fixture
def write(tmp_path):
    return lambda examples, name="mails.jsonl": write_examples(tmp_path / name, examples)


@pytest.fixture
def kept(monkeypatch):
    "Keep what was measured of any file, and count what is measured."
    monkeypatch.setattr(scan, "_KEPT", 0)
    measured, real = [], measurer()

    def counting(block, numbers):
        measured.extend(numbers)
        return real(block, numbers)
    monkeypatch.setattr(scan, "_measure", lambda: counting)
    monkeypatch.setattr(scan, "_at_hand", lambda: True)
    return measured


def measured(raw, line=1): return rows_of(measurer()(block_of([raw]), [line]))[0]


def rows_of(found): return [Measures(*(each.item() if hasattr(each, "item") else each for each in row)) for row in zip(*map(found.get, Measures._fields))]


def as_columns(rows): return dict(zip(Measures._fields, zip(*rows)))


def agrees(ds):
    "Are the columns what measuring each example alone gives?"
    expected = [measured(example.bytes, example.line) for example in ds]
    assert ds.columns.of(range(len(ds))) == expected
    ds.columns.wait()
    for name in COUNTS: assert getattr(ds.columns, name).tolist() == [getattr(each, name) for each in expected], name
    assert ds.columns.ready and ds.columns.progress == 1
    return expected


@needs_shared
@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.name)
def test_real_files(path, tmp_path):
    shutil.copy(path, tmp_path / path.name)
    (tmp_path / path.name).chmod(0o644)
    ds = open_dataset(tmp_path / path.name)
    for example, found in list(zip(ds, agrees(ds)))[:50]:
        tokens = tokens_of(example.value)
        assert found.trained == (tokens.trained or 0) and found.tokens >= tokens.total and (found.tokens == tokens.total or "tools" in example.value)
    ds.close()


def test_typed_and_slow_measure_the_same(write):
    "An unknown key sends a line the slow way; nothing but the findings may differ."
    chats = [talk("Hi"), talk("Hi", weight=0), {"messages": [{"role": "system", "content": "S", "name": "x"}, {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
             {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
             {"role": "tool", "tool_call_id": "c", "content": "ok"}, {"role": "assistant", "content": "done"}],
             "tools": [{"type": "function", "function": {"name": "f", "description": "Does it.", "parameters": {"type": "object", "properties": {}}}}]}]
    for chat in chats:
        fast, slow = measured(json.dumps(chat).encode()), measured(json.dumps(chat | {"extra": 1}).encode())
        keep = [name for name in Measures._fields if name not in ("errors", "warnings", "infos", "codes")]
        assert [getattr(fast, name) for name in keep] == [getattr(slow, name) for name in keep]


def change(ds, rng):
    "One random gesture."
    kind, at = rng.randrange(9), rng.randrange(len(ds)) if len(ds) else 0
    if kind < 2 or not len(ds): ds.apply(InsertExample(rng.randint(0, len(ds)), talk(f"new {rng.random()}")))
    elif kind == 2: ds.apply(DeleteExample(at))
    elif kind == 3: ds.apply(ReplaceExample(at, talk("other", weight=rng.choice([0, 1]))))
    elif kind == 4 and ds[at].value and len(ds[at].value["messages"]) > 1: ds.apply(SetWeight(at, 1, rng.choice([0, 1])), SetContent(at, 0, f"said {rng.random()}"))
    elif kind == 5: ds.undo()
    elif kind == 6: ds.redo()
    elif kind == 7: ds.save()
    else: ds.apply(*[DeleteExample(number) for number in sorted(rng.sample(range(len(ds)), min(3, len(ds))), reverse=True)], InsertExample(0, talk("first")))


@pytest.mark.parametrize("seed", range(3))
def test_any_edits_of_two_notebooks(write, seed, kept):
    rng = random.Random(seed)
    path = write([talk(f"mail {number}") for number in range(8)] + ["", "{broken", ""])
    one, other = open_dataset(path), open_dataset(path)
    for _ in range(ROUNDS):
        change(rng.choice([one, other]), rng)
        for ds in rng.sample([one, other], rng.randint(1, 2)): agrees(ds)
    one.close()
    other.close()
    again = open_dataset(path)
    agrees(again)
    again.close()


def test_only_what_an_edit_touched_is_measured_again(write, kept):
    ds = open_dataset(write([talk(f"mail {number}") for number in range(20)]))
    ds.columns.wait()
    assert len(kept) == 20
    kept.clear()
    ds.apply(SetContent(3, 0, "other"), SetWeight(7, 1, 0))
    ds.columns.wait()
    assert kept == [4, 8]
    ds.apply(DeleteExample(0), InsertExample(5, talk("new")))
    ds.columns.wait()
    assert kept == [4, 8, 6]
    ds.undo()
    ds.review.tag(range(10), "seen")
    ds.columns.wait()
    assert len(kept) <= 4 # the example that came back, if its measures are not at hand
    ds.save()
    ds.columns.wait()
    assert len(kept) <= 4 and agrees(ds)
    ds.close()


def kept_at(path): return path.parent / ".ftbench" / f"{path.name}.columns"


def test_a_file_opened_again_is_ready_at_once(write, kept):
    path = write([talk(f"mail {number}") for number in range(20)] + ["{"])
    ds = open_dataset(path)
    before = [ds.columns.tokens.tolist(), ds.columns.having("json_syntax").tolist(), ds.columns.in_format("sft-chat").tolist()]
    ds.close()
    kept.clear()
    again = open_dataset(path)
    assert again.columns.ready and not kept
    assert [again.columns.tokens.tolist(), again.columns.having("json_syntax").tolist(), again.columns.in_format("sft-chat").tolist()] == before
    again.apply(SetContent(2, 0, "other"), DeleteExample(0))
    again.close()
    kept.clear()
    third = open_dataset(path)
    third.columns.wait()
    assert kept == [2] # the edited example, now on line 2
    third.save()
    third.columns.cancel()
    third.close()
    agrees(open_dataset(path))


@pytest.mark.parametrize("damage", [lambda data: data[:-5], lambda data: data[:30], lambda data: b"", lambda data: b"[]\n" + data, lambda data: data.replace(b'"version": 2', b'"version": 1')])
def test_a_kept_file_that_is_not_right_is_measured_again(write, kept, damage):
    path = write([talk(f"mail {number}") for number in range(20)])
    ds = open_dataset(path)
    ds.columns.wait()
    ds.close()
    kept_at(path).write_bytes(damage(kept_at(path).read_bytes()))
    kept.clear()
    again = open_dataset(path)
    agrees(again)
    assert len(kept) == 20
    again.close()


def test_a_long_example_widens_the_columns_that_need_it(write, kept):
    path = write([talk("short"), talk("long " * 70_000), talk("short")])
    ds = open_dataset(path)
    first, second, third = ds.columns.tokens.tolist()
    assert first == third < 255 and second > 70_000 and ds.columns.share.dtype == float
    assert (ds.columns.turns * 1000).tolist() == [2000] * 3, "kept in a byte each, yet nothing overflows"
    ds.close()
    kept.clear()
    again = open_dataset(path)
    assert again.columns.tokens.tolist() == [first, second, third] and not kept
    again.close()


def test_a_file_that_was_rewritten_is_measured_again(write, kept):
    path = write([talk(f"mail {number}") for number in range(20)])
    ds = open_dataset(path)
    ds.columns.wait()
    write([talk(f"other mail {number}") for number in range(15)])
    os.utime(path, ns=(1, 1))
    assert len(ds) == 15
    agrees(ds)
    ds.close()


def test_a_workspace_that_cannot_be_written_is_said_once_and_costs_nothing_else(write, kept, monkeypatch):
    def full(*_): raise DataError("The folder is full.", "Free some space.")
    monkeypatch.setattr(Store, "save", full)
    ds = open_dataset(write([talk("mail")]))
    with pytest.warns(UserWarning, match="could not be kept"): assert ds.columns.turns.tolist() == [2]
    ds.close()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_blocks_hold_the_lines_of_the_file(tmp_path, ending, last):
    path = tmp_path / "mails.jsonl"
    path.write_bytes(ending.join(json.dumps(talk(f"mail {number}")) for number in range(9)).encode() + ending.encode() * last)
    ds = open_dataset(path)
    ds.apply(SetContent(6, 0, "other"))
    with ds.held() as lines:
        for numbers in ([0, 1, 2], [7, 8], [8], [1, 3], [5, 6, 7], list(range(9))):
            block = block_in(lines, numbers)
            assert block.lines() == [lines.raw(number).rstrip(b"\r\n") for number in numbers] and block.data.endswith(b"}\n" + MARGIN)
    agrees(ds)
    ds.close()


def test_a_small_file_leaves_no_workspace(write):
    path = write([talk("mail")])
    ds = open_dataset(path)
    ds.columns.wait()
    ds.close()
    assert not (path.parent / ".ftbench").exists()


# in the background

def test_the_background_pass_tells_its_progress_and_can_be_ended(write, monkeypatch):
    real, gate = measurer(), threading.Semaphore(600)

    def slow(block, numbers):
        for _ in numbers: gate.acquire()
        return real(block, numbers)
    monkeypatch.setattr(scan, "_measure", lambda: slow)
    monkeypatch.setattr(scan, "_BLOCK", 128)
    monkeypatch.setattr(scan, "_OFTEN", 0)
    ds = open_dataset(write([talk(f"mail {number}") for number in range(3000)]))
    told = []
    unwatch = ds.columns.watch(told.append)
    until(lambda: ds.columns.progress >= 500 / 3000, lambda: ds.columns.progress)
    assert not ds.columns.ready and 0 < ds.columns.progress < 1
    ender = threading.Thread(target=ds.columns.cancel)
    ender.start()
    until(lambda: ds.columns._stopped)
    gate.release(10_000)
    ender.join()
    reached = ds.columns.progress
    time.sleep(.05)
    assert reached == ds.columns.progress < 1 and told and told == sorted(told)
    ds.columns.start()
    until(lambda: ds.columns.ready, lambda: ds.columns.progress)
    agrees(ds)
    unwatch()
    ds.close()


def test_blocks_are_cut_by_their_bytes_and_a_long_line_may_have_more(write, monkeypatch):
    monkeypatch.setattr(scan, "_BYTES", 1000)
    sizes, real = [], measurer()

    def noting(block, numbers):
        sizes.append((len(numbers), len(block.data)))
        return real(block, numbers)
    monkeypatch.setattr(scan, "_measure", lambda: noting)
    ds = open_dataset(write([talk(f"mail {number} " * (500 if number % 7 == 3 else 1)) for number in range(60)]))
    ds.apply(InsertExample(5, talk("new")))
    ds.columns.wait()
    assert sum(count for count, _ in sizes) >= 61 and len(sizes) > 10 and all(count == 1 or size < 1500 for count, size in sizes)
    agrees(ds)
    ds.close()


def test_a_block_with_its_own_counting_thread_finds_what_each_line_alone_has(write):
    ds = open_dataset(write([talk(f"mail {number} to ada@example.org" + " and more" * (number % 90)) for number in range(700)]))
    ds.columns.cancel()
    agrees(ds)
    ds.close()


def test_a_fault_while_counting_is_told(write, monkeypatch):
    def fail(self, texts): raise MemoryError("no room to count")
    ds = open_dataset(write([talk(f"mail {number}") for number in range(700)]))
    ds.columns.cancel()
    monkeypatch.setattr("ftbench.data.count.counter.Counter.lengths", fail)
    ds.columns.start()
    until(lambda: ds.columns.fault)
    with pytest.raises(MemoryError, match="no room"): ds.columns.wait()
    monkeypatch.undo()
    agrees(ds)
    ds.close()


def test_edits_while_the_pass_runs(write):
    ds = open_dataset(write([talk(f"mail {number}") for number in range(4000)]))
    ds.columns.start()
    rng = random.Random(1)
    for _ in range(10):
        time.sleep(.01)
        change(ds, rng)
    agrees(ds)
    ds.close()


def test_what_ends_the_pass_is_raised_to_whoever_waits(write, monkeypatch):
    def broken(block, numbers): raise DataError("The vocabulary is gone.", "Install ftbench again.")
    monkeypatch.setattr(scan, "_measure", lambda: broken)
    ds = open_dataset(write([talk(f"mail {number}") for number in range(2000)]))
    ds.columns.start()
    until(lambda: ds.columns.fault)
    assert isinstance(ds.columns.fault, DataError)
    with pytest.raises(DataError, match="vocabulary"): ds.columns.wait()
    with pytest.raises(DataError, match="vocabulary"): ds.select("tokens:>5")
    ds.close()


def test_waiting_while_holding_the_data_set(write):
    ds = open_dataset(write([talk(f"mail {number}") for number in range(3000)]))
    ds.columns.start()
    with ds.held(): ds.columns.wait() # the thread cannot get at the lines now; whoever waits measures them
    agrees(ds)
    ds.close()


# the store itself

def test_a_column_grows_with_its_numbers():
    store, small, big = Store(2), Measures(120, 5, 2, 0, 1, 0, 0, 12, 2, "sft-chat", ()), Measures(2 ** 40, 5, 10 ** 6, 0, 300, 0, 0, 255, 7, "sft-chat", ())
    store.put([0], as_columns([small]))
    assert store.arrays["tokens"].itemsize == store.arrays["errors"].itemsize == 1
    store.put([1], as_columns([big]))
    assert store.get(0) == small and store.get(1) == big
    assert [store.arrays[name].itemsize for name in ("tokens", "trained", "turns", "errors")] == [8, 1, 4, 2]


def test_a_store_comes_back_from_its_file(tmp_path):
    store, rng = Store(50), np.random.default_rng(0)
    rows = [Measures(*rng.integers(0, 999, 7).tolist(), 8, 2, "dpo" if row % 2 else "", ("a", "b")[:row % 3]) for row in range(50)]
    store.put(range(50), as_columns(rows))
    store.save(tmp_path / "x.columns", ["key", 1], np.arange(50))
    found, slots = load(tmp_path / "x.columns", ["key", 1])
    assert [found.get(row) for row in range(50)] == rows and slots.tolist() == list(range(50)) and found.done.all()
    assert load(tmp_path / "x.columns", ["key", 2]) is None and load(tmp_path / "y.columns", ["key", 1]) is None
    found.put([3], as_columns([rows[3]._replace(format="rft", codes=("c",))])) # what was read goes on being written
    assert found.in_format("rft").sum() == found.having("c").sum() == 1


@pytest.mark.parametrize("pieces", [0, 1000])
def test_columns_follow_examples_wherever_they_go(monkeypatch, pieces):
    monkeypatch.setattr(columns, "_PIECES", pieces)
    rng = np.random.default_rng(7)
    for count in (0, 1, 2, 9, 50):
        store = Store(count)
        store.put(range(count), as_columns([Measures(number + 1, 300, 0, 0, 0, 0, 0, 0, 0, "", ()) for number in range(count)])) if count else None
        for rows in (rng.integers(-1, max(count, 1), 60) if count else np.full(3, -1), np.arange(count), np.delete(np.arange(count), slice(1, 3)), np.array([-1, *range(count), -1, -1]), np.zeros(0, np.int64)):
            taken = store.taken(rows.astype(np.int32))
            assert taken.arrays["tokens"].tolist() == [row + 1 for row in rows] and taken.done.tolist() == [row >= 0 for row in rows]
            assert taken.arrays["trained"].dtype == store.arrays["trained"].dtype


def test_columns_that_were_ready_are_ready_after_an_edit(write, kept):
    ds = open_dataset(write([talk(f"mail {number}") for number in range(20)]))
    ds.columns.wait()
    for edit in (InsertExample(3, talk("new")), SetContent(0, 0, "other"), DeleteExample(5)):
        ds.apply(edit)
        assert ds.columns.ready
    ds.undo()
    assert ds.columns.ready and ds.columns.findings == []
    ds.close()


def test_nobody_waits_for_the_vocabulary_at_the_first_edit_of_a_file_opened_again(write, kept, monkeypatch):
    path = write([talk(f"mail {number}") for number in range(20)])
    first = open_dataset(path)
    first.columns.wait()
    first.close()
    measure, asked, loaded = scan._measure(), threading.Event(), threading.Event()
    monkeypatch.setattr(scan, "_measure", lambda: asked.set() or loaded.wait(600) and measure) # nothing is loaded in the new process
    monkeypatch.setattr(scan, "_at_hand", loaded.is_set)
    ds = open_dataset(path)
    assert ds.columns.ready
    ds.apply(SetContent(3, 0, "other"))
    assert asked.wait(600) and not ds.columns.ready
    assert ds[3].value["messages"][0]["content"] == "other" and [row.tokens is None for row in ds.select("").page(2, 5, now=False)] == [False, True, False]
    loaded.set()
    until(lambda: ds.columns.ready)
    assert ds.select("").page(3, 4)[0].tokens == tokens_of(ds[3].value).total
    ds.close()


BAD = sorted([*SHARED.glob("bad/*"), *SHARED.glob("json_parsing/*"), *SHARED.glob("other_formats/*.jsonl")])
ODD = [b'{"messages": [{"role": "assistant", "content": "a", "weight": 1' + b"0" * 400 + b"}]}", b'{"messages": [{"role": ["user"], "content": {"a": []}, "name": 3}], "tools": {"a": 1}}',
       b'{"messages": [{"role": "assistant", "tool_calls": [{"function": 3}, 4, null]}], "functions": [1, {"parameters": []}]}', b'{"messages": {"role": "user"}}', b"[" * 10_000, b"\x00" * 50,
       b'{"input": {"messages": [1]}, "preferred_output": 3}', b'{"messages": [{"role": "assistant", "content": "a", "weight": "1"}], "tools": [{"function": {"parameters": {"properties": 5}}}]}',
       b'{"messages": [{"role": "assistant", "content": "\\ud800"}]}', b'{"messages": [], "tools": ' + b"[" * 600 + b"]" * 600 + b"}",
       b'{"messages": [{"role": "user", "content": "a"}], "tools":[{"type":"function","function":{"name":"a\xdc"}}]}', '{"messages": [{"role": "user", "content": "é"}]}'.encode("utf-16")]


@pytest.mark.parametrize("lines", [ODD, *(path.read_bytes().split(b"\n")[:60] for path in BAD)], ids=["odd", *(path.name for path in BAD)])
def test_any_line_is_measured(lines):
    rng = random.Random(0)
    for raw in lines:
        mutants = [raw[:at] + bytes([rng.randrange(256)]) + raw[at + rng.randrange(3):] for at in (rng.randrange(len(raw) + 1) for _ in range(10))] if len(raw) < 20_000 else []
        for each in (raw, *mutants): assert len(measured(each)) == len(Measures._fields)
