"Views: the right examples, honest about change, and taken wherever a data set is."
import json
import sys

import numpy as np
import pytest
from mails import talk

from ftbench.core import DataError
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import DeleteExample, InsertExample, SetContent
from ftbench.data.examples import COLUMNS, Examples
from ftbench.data.table import search
from ftbench.data.table.view import View
from ftbench.evals.cases import cases
from ftbench.jobs.preflight import training_file


@pytest.fixture
def ds(tmp_path):
    path = tmp_path / "mails.jsonl"
    path.write_bytes(b"\r\n".join(json.dumps(talk(f"<b>mail</b> {number}", "Refunded." if number % 2 else "Sent.")).encode() for number in range(10)))
    dataset = open_dataset(path)
    yield dataset
    dataset.close()


def test_a_view_is_a_sequence_of_examples(ds):
    view = ds.select("refunded")
    assert isinstance(view, Examples) and isinstance(ds, Examples) and view.dataset is ds.dataset is ds and view.path == ds.path
    assert view.numbers.dtype == np.int64 and view.numbers.tolist() == [1, 3, 5, 7, 9] and len(view) == 5
    assert [example.index for example in view] == view.numbers.tolist() and view[0] == ds[1] and view[-1] == ds[9]
    assert list(view.examples()) == [ds[number].value for number in (1, 3, 5, 7, 9)]
    assert view[1:3].numbers.tolist() == [3, 5] and view[::-1].numbers.tolist() == [9, 7, 5, 3, 1] and isinstance(view[:0], View) and len(view[:0]) == 0
    with pytest.raises(IndexError, match="has 5"): view[5]
    assert list(ds.numbers) == list(range(10)) and ds.select(lambda example: "4" in example.value["messages"][0]["content"]).numbers.tolist() == [4]
    assert [row.index for row in view.page(1, 3)] == [3, 5] and view.page(5, 9) == [] == view.page(-3, 0)


def test_an_edit_shows_and_what_moved_is_refused(ds):
    view, later = ds.select("refunded"), ds.select("sent")
    ds.apply(SetContent(3, 1, "Refunded today."))
    assert view[1].value["messages"][1]["content"] == "Refunded today."
    ds.save()
    assert len(view) == 5
    ds.apply(InsertExample(0, talk("new")))
    for use in (len, list, repr, lambda old: old[0], lambda old: old.page(0, 5), lambda old: old.numbers, lambda old: old.to_jsonl(), lambda old: old.drop()):
        with pytest.raises(DataError, match="came or went") as error: use(view)
        assert "again" in error.value.remedy
    ds.undo()
    with pytest.raises(DataError, match="came or went"): later[0]
    other = open_dataset(ds.path)
    view = ds.select("sent")
    other.apply(DeleteExample(0))
    with pytest.raises(DataError, match="came or went"): len(view)
    other.close()


def test_a_view_is_written_as_it_stands(ds, tmp_path):
    view = ds.select("refunded sort:-line")
    assert view.to_jsonl() == b"".join(ds[number].bytes + b"\n" for number in (9, 7, 5, 3, 1)) == view.save(tmp_path / "some.jsonl").read_bytes()
    with pytest.raises(DataError, match="looks at"): view.save(ds.path)
    array = tmp_path / "pretty.json"
    array.write_text(json.dumps([talk("one"), talk("two")], indent=2))
    pretty = open_dataset(array)
    assert [json.loads(line) for line in pretty.select("two").to_jsonl().splitlines()] == [talk("two")]
    pretty.close()


def test_jobs_and_evals_take_views(ds):
    view = ds.select("refunded")
    assert training_file(view, "x").content == view.to_jsonl() and training_file(view, "x").name == "mails.jsonl"
    assert [case.source for case in cases(view)] == [f"mails.jsonl, line {number}" for number in (2, 4, 6, 8, 10)]
    assert view.check().examples == 5 and view.tokens().total == sum(ds.tokens(number).total for number in view.numbers)
    train, valid, test = ds.select("#1 or #2 or #3 or #4").split(valid=.25, test=.25)
    assert sorted([*train.numbers, *valid.numbers, *test.numbers]) == [0, 1, 2, 3]


def test_verbs_on_a_view_change_its_examples_only(ds):
    ds.select("refunded").set_weights("none").apply()
    assert ds.find("weight:0") == [1, 3, 5, 7, 9] and len(ds.edits) == 5
    ds.undo()
    ds.select("#1").set_system("Be kind.").apply()
    ds.select("sent").replace("Sent", "Shipped").apply()
    ds.select("role:system").tag("kind").apply()
    assert ds.find("role:system") == [0] == ds.find("tag:kind") and len(ds.find("shipped")) == 5
    ds.select("shipped").drop().apply()
    assert len(ds) == 5 and ds.find("tag:kind") == []
    ds.undo()
    assert len(ds) == 10 and ds.find("tag:kind") == [0]


def test_tables(ds, monkeypatch):
    table = ds.select("refunded").to_pandas()
    assert tuple(table.columns) == COLUMNS and table.example.tolist() == [1, 3, 5, 7, 9] and table.line.tolist() == [2, 4, 6, 8, 10]
    assert [json.loads(text) for text in table.json] == list(ds.select("refunded").examples()) and (table.trained > 0).all() and set(table.format) == {"sft-chat"}
    assert len(ds.to_pandas()) == 10 and ds.select("nothing at all").to_pandas().empty
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DataError, match="pyarrow is not installed") as error: ds.to_arrow()
    assert "pip install pyarrow" in error.value.remedy


def test_display(ds):
    view = ds.select("refunded")
    assert "5 of 10 examples of mails.jsonl: refunded" in repr(view) and "<b>mail</b> 1" in repr(view)
    page = view._repr_html_()
    assert "&lt;b&gt;mail&lt;/b&gt; 1" in page and "<b>" not in page and page.count("<tr>") == 6


@pytest.mark.parametrize("query, reads_all", [(r"/\w+day\b/", False), (r"/[mt]o\w\w?ay/", True), ("bell", False), ("-bell", True), ("bell -whistle", False), ("tokens:>1", False), ("", False)])
def test_a_search_that_must_read_everything_says_so(tmp_path, query, reads_all):
    path = tmp_path / "mails.jsonl"
    path.write_text('{"messages": [{"role": "user", "content": "Monday, a bell"}, {"role": "assistant", "content": "Yes."}]}\n' * 5)
    dataset = open_dataset(path)
    assert dataset.select(query).reads_all is reads_all
    dataset.close()


def test_a_search_of_a_large_file_stops_when_a_page_is_found(tmp_path):
    def looked(count, enough=40):
        path = tmp_path / f"{count}.jsonl"
        path.write_bytes(b"\n".join(json.dumps(talk(f"mail {number}")).encode() for number in range(count)))
        view = open_dataset(path).select("mail")
        return view, view.look(60, enough)
    view, done = looked(3000)
    assert not done and 40 <= view.known < 1000 and view.look(60) and len(view) == 3000
    assert looked(900)[1], "a small file is looked through at once"


def test_a_search_that_must_read_everything_and_finds_nothing_can_be_left_soon(tmp_path, monkeypatch):
    path, looked = tmp_path / "mails.jsonl", []
    path.write_bytes(b"\n".join(json.dumps(talk(f"mail {number}")).encode() for number in range(5000)))
    view, document = open_dataset(path).select(r"/\d{9}[qx]/"), search.Document
    monkeypatch.setattr(search, "Document", lambda raw: looked.append(raw) or document(raw))
    assert not view.look(0, 40) and 1000 <= len(looked) < 2000 # its time is up after the first ones; nothing goes on by itself
    assert view.look(60, 40) and len(looked) == 5000 and view.known == 0
