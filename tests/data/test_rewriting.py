"""What is said of a file that another program rewrote while edits were pending: it holds however the program wrote, and looking changes nothing."""
import gzip
import json
import os
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as some
from waiting import until

from ftbench.core import DataError
from ftbench.data.dataset import DatasetChanged, open_dataset
from ftbench.data.edit.edits import DeleteExample, InsertExample, SetContent, SetWeight
from ftbench.data.edit.journal import journal_file
from ftbench.data.file.rewriting import line_up


def mail(text): return {"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "Done."}]}


def lines(*texts): return "".join(json.dumps(mail(text)) + "\n" for text in texts).encode()


def replace(path, data):
    path.with_name("other").write_bytes(data)
    os.replace(path.with_name("other"), path)


def write_over(path, data):
    path.write_bytes(data)
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 10**9))


@given(some.lists(some.sampled_from("abcdef")), some.lists(some.sampled_from("abcdef")))
def test_every_line_is_counted_once(before, after):
    changed, added, removed = line_up(before, after)
    same = (Counter(before) & Counter(after)).total()
    assert len(changed) + removed + same == len(before) and len(changed) + added + same == len(after)
    assert len({one for one, _ in changed}) == len({other for _, other in changed}) == len(changed)
    assert not set((before[one], after[other]) for one, other in changed) & set(zip(before, before))


@pytest.mark.parametrize("write, told", [(replace, "1 line added, 1 changed, 0 removed; 1 of 2 edits fit as they are"),
    (write_over, "the old lines were written over, and cannot be compared; 1 of 2 edits fit as they are")])
def test_however_the_file_was_written(tmp_path, write, told):
    path = tmp_path / "mails.jsonl"
    path.write_bytes(lines("one", "two", "three"))
    ds = open_dataset(path)
    ds.apply(SetContent(1, 0, "2"))
    ds.apply(SetWeight(2, 1, 0))
    write(path, lines("zero", "one", "two, please", "three"))
    with pytest.raises(DatasetChanged): len(ds)
    before = path.read_bytes()
    for _ in range(2): assert repr(ds.rewritten()) == told
    (lost,) = ds.rewritten().lost
    assert lost.edit == SetContent(1, 0, "2") and b"two" in lost.before and path.read_bytes() == before
    with pytest.raises(DatasetChanged): ds.save()
    assert ds.reapply() == [SetContent(1, 0, "2")]
    assert ds[3].value["messages"][1]["weight"] == 0 and len(ds) == 4


def test_a_second_rewriting_is_seen_beside_what_was_edited(tmp_path):
    path = tmp_path / "mails.jsonl"
    path.write_bytes(lines("one", "two"))
    ds = open_dataset(path)
    ds.apply(SetWeight(0, 1, 0))
    for texts in (["one", "zwei"], ["one", "two", "three"]):
        replace(path, lines(*texts))
        with pytest.raises(DatasetChanged): len(ds)
    assert ds.rewritten().lines == ([], 1, 0) # not beside the file in between
    replace(path, lines("one", "two")) # it is as it was
    with pytest.raises(DataError, match="was not rewritten"): ds.rewritten()
    assert len(ds.edits) == 1 and ds.save() == path


def test_looking_begins_no_journal(tmp_path):
    path = tmp_path / "mails.jsonl"
    path.write_bytes(lines("one"))
    ds = open_dataset(path)
    with pytest.raises(DataError, match="mails.jsonl was not rewritten"): ds.rewritten()
    assert not journal_file(path).exists()


@pytest.mark.parametrize("keep", [True, False])
def test_the_file_before_is_let_go_when_it_is_decided(tmp_path, keep):
    path = tmp_path / "mails.jsonl"
    path.write_bytes(lines("one", "two"))
    ds = open_dataset(path)
    ds.apply(SetWeight(0, 1, 0))
    replace(path, lines("one", "zwei"))
    ds.rewritten()
    former = ds._shown.former
    ds.reapply() if keep else ds.discard()
    until(lambda: former.source.closed)


def test_after_a_save_the_saved_file_counts(tmp_path):
    path = tmp_path / "mails.jsonl"
    path.write_bytes(lines("one", "two"))
    ds = open_dataset(path)
    ds.apply(SetContent(0, 0, "eins"))
    ds.save()
    ds.apply(InsertExample(2, mail("three")), DeleteExample(1))
    replace(path, lines("eins"))
    seen = ds.rewritten()
    assert seen.lines == ([], 0, 1) and [lost.edit for lost in seen.lost] == [DeleteExample(1)] and seen.lost[0].after is None


def test_a_packed_file_is_compared_by_its_lines(tmp_path):
    path = tmp_path / "mails.jsonl.gz"
    path.write_bytes(gzip.compress(lines("one", "two")))
    ds = open_dataset(path)
    ds.apply(SetWeight(1, 1, 0))
    replace(path, gzip.compress(lines("one")))
    assert ds.rewritten().lines == ([], 0, 1) # the unpacked copy is ours, and stays
    ds.close()
    with pytest.raises(DatasetChanged, match="1 edit was not yet in it"): open_dataset(path) # a new kernel is told, too


def test_a_line_that_is_no_example_is_compared_too(tmp_path):
    path = tmp_path / "mails.jsonl"
    path.write_bytes(lines("one") + b"{broken\n\n" + lines("three"))
    ds = open_dataset(path)
    ds.apply(SetWeight(2, 1, 0))
    replace(path, lines("one") + b"\n{broken too\r\n" + lines("three"))
    assert ds.rewritten().changed == [(1, b"{broken", b"{broken too")] and not ds.rewritten().lost
