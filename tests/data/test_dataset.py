"Opening, reading, editing and saving: nothing is lost."
import errno
import json
import os
import shutil
import stat
from pathlib import Path

import pytest
from shared_data import CHATS, SHARED, needs_shared

from ftbench.core import DataError
from ftbench.data.dataset import open_dataset
from ftbench.data.edit.edits import (DeleteExample, DeleteMessage, InsertExample, InsertMessage, MoveMessage, ReplaceExample,
                                ReplaceText, SetContent, SetRole, SetWeight)
from ftbench.data.edit.journal import journal_file
from ftbench.data.file.patches import DatasetChanged
from ftbench.data.samples import sample, sample_path

BAD = [*sorted(SHARED.glob("bad/*.json*")), *sorted(SHARED.glob("json_parsing/*"))]


def line(number, weight=None):
    answer = {"role": "assistant", "content": f"answer {number}"} | ({} if weight is None else {"weight": weight})
    return json.dumps({"messages": [{"role": "user", "content": f"question {number}"}, answer]}).encode()


@pytest.fixture
def mails(tmp_path):
    path = tmp_path / "mails.jsonl"
    path.write_bytes(b"".join(line(number) + b"\n" for number in range(5)))
    return path


# real files

@needs_shared
@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.name)
def test_real_file_comes_back_byte_for_byte(path, tmp_path):
    path = Path(shutil.copy(path, tmp_path))
    path.chmod(0o644)
    before = path.read_bytes()
    ds = open_dataset(path)
    assert ds.to_jsonl() == before
    assert ds.save(tmp_path / "copy.jsonl").read_bytes() == before
    ds.save()
    assert path.read_bytes() == before and not (tmp_path / ".ftbench").exists()
    assert all(row.tokens and not row.error for row in ds.page(0, 20))
    ds.close()


@needs_shared
@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.name)
def test_one_edit_changes_one_line_of_a_real_file(path, tmp_path):
    path = Path(shutil.copy(path, tmp_path))
    path.chmod(0o644)
    before = path.read_bytes().splitlines(keepends=True)
    ds = open_dataset(path)
    number = len(ds) // 2
    edited = ds[number]
    ds.apply(SetContent(number, 0, "Ein anderer Text: ½ \U0001f642 \"'\\"))
    ds.save()
    after = path.read_bytes().splitlines(keepends=True)
    assert len(after) == len(before)
    assert [at for at, (old, new) in enumerate(zip(before, after)) if old != new] == [edited.line - 1]
    again = json.loads(after[edited.line - 1])
    holder = again if "messages" in again else again["input"]
    assert holder["messages"][0].pop("content") == "Ein anderer Text: ½ \U0001f642 \"'\\"
    original = json.loads(edited.bytes)
    (original if "messages" in original else original["input"])["messages"][0].pop("content")
    assert again == original and list(again) == list(original)
    ds.undo()
    assert ds.to_jsonl() == b"".join(before)
    ds.close()


@needs_shared
@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_any_file_opens_or_is_refused_with_one_clear_error(path, tmp_path):
    path = Path(shutil.copy(path, tmp_path))
    try: ds = open_dataset(path)
    except DataError as error:
        assert error.remedy and path.name in error.message
        return
    for example in ds: assert (example.value is None) == bool(example.error)
    assert len(ds.page(0, 100)) == min(len(ds), 100)
    ds.close()


@needs_shared
def test_the_bad_files_are_read_at_the_right_lines():
    for name, lines in {"01_trailing_comma.jsonl": [5], "16_latin1_bytes.jsonl": [9]}.items():
        wanted = [entry["line"] for file in json.loads((SHARED / "bad/manifest.json").read_text())["files"] if file["file"] == name
                  for entry in file["expect"] if entry["severity"] == "error"]
        ds = open_dataset(SHARED / "bad" / name)
        assert [example.line for example in ds if example.error] == wanted, lines
        ds.close()


# spelling of a file

@pytest.mark.parametrize("content, lines", [
    (line(0) + b"\n" + line(1), [1, 2]), (b"\xef\xbb\xbf" + line(0) + b"\r\n" + line(1) + b"\r\n", [1, 2]),
    (b"\n\n" + line(0) + b"\n \t\n" + line(1) + b"\n\n\n", [3, 5]), (b"  " + line(0) + b"  \r\n" + line(1) + b"\n", [1, 2]),
    (b'{"broken\n' + b"\xff\xfe\x00\n" + line(0), [1, 2, 3])])
def test_odd_files_keep_their_bytes(tmp_path, content, lines):
    path = tmp_path / "odd.jsonl"
    path.write_bytes(content)
    ds = open_dataset(path)
    assert [example.line for example in ds] == lines and ds.to_jsonl() == content
    last = len(ds) - 1
    ds.apply(SetWeight(last, 1, 0))
    ds.save()
    start = content.rindex(line(last if b"broken" not in content else 0))
    edited = line(last if b"broken" not in content else 0, 0)
    assert path.read_bytes() == content[:start] + edited + content[start + len(edited) - len(b', "weight": 0'):]
    ds.close()


def test_appending_to_a_file_without_final_newline(tmp_path):
    path = tmp_path / "open.jsonl"
    path.write_bytes(line(0) + b"\r\n" + line(1))
    ds = open_dataset(path)
    ds.append({"messages": []})
    ds.save()
    assert path.read_bytes() == line(0) + b"\r\n" + line(1) + b'\r\n{"messages": []}\r\n'
    ds.undo()
    ds.save()
    assert path.read_bytes() == line(0) + b"\r\n" + line(1) + b"\r\n"
    ds.close()


def test_deleting_keeps_blank_lines_and_line_numbers_true(tmp_path):
    path = tmp_path / "gaps.jsonl"
    path.write_bytes(b"\n" + line(0) + b"\n\n" + line(1) + b"\n" + line(2) + b"\n")
    ds = open_dataset(path)
    ds.apply(DeleteExample(0))
    assert [(example.index, example.line) for example in ds] == [(0, 3), (1, 4)]
    assert ds.to_jsonl() == b"\n\n" + line(1) + b"\n" + line(2) + b"\n"
    ds.apply(InsertExample(1, json.loads(line(7))))
    assert ds.to_jsonl() == b"\n\n" + line(1) + b"\n" + line(7) + b"\n" + line(2) + b"\n"
    ds.revert()
    assert ds.to_jsonl() == path.read_bytes()
    ds.close()


def test_permissions_survive_a_save(mails):
    mails.chmod(0o640)
    ds = open_dataset(mails)
    ds.apply(SetWeight(0, 1, 0))
    ds.save()
    assert stat.S_IMODE(mails.stat().st_mode) == 0o640
    ds.close()


def test_a_link_stays_a_link(mails):
    link = mails.with_name("link.jsonl")
    link.symlink_to(mails)
    ds = open_dataset(link)
    ds.apply(DeleteExample(0))
    ds.save()
    assert link.is_symlink() and len(mails.read_bytes().splitlines()) == 4
    ds.close()


# edits, steps, undo

def test_several_edits_are_one_step(mails):
    ds = open_dataset(mails)
    ds.apply(SetWeight(0, 1, 0), SetWeight(1, 1, 0), DeleteExample(4))
    assert len(ds.edits) == 3 and len(ds) == 4
    assert [edit.position for edit in ds.undo()] == [4, 1, 0]
    assert ds.to_jsonl() == mails.read_bytes() and not ds.can_undo and ds.can_redo
    ds.redo()
    assert len(ds.edits) == 3 and not ds.can_redo
    ds.close()


def test_a_step_with_a_wrong_edit_is_not_made_at_all(mails):
    ds = open_dataset(mails)
    with pytest.raises(DataError, match="no message 9"): ds.apply(SetWeight(0, 1, 0), SetWeight(1, 9, 0))
    assert ds.to_jsonl() == mails.read_bytes() and ds.edits == [] and not journal_file(mails).exists()
    ds.close()


def test_an_edit_that_changes_nothing_is_no_step(mails):
    ds = open_dataset(mails)
    ds.apply(SetContent(0, 0, "question 0"), SetWeight(1, 0, None))
    assert not ds.can_undo and ds.edits == []
    ds.close()


def test_undo_goes_on_beyond_a_save_and_a_new_edit(mails):
    before = mails.read_bytes()
    ds = open_dataset(mails)
    ds.apply(SetWeight(0, 1, 0))
    ds.apply(DeleteExample(1))
    ds.save()
    saved = mails.read_bytes()
    ds.undo()
    assert [type(edit) for edit in ds.edits] == [InsertExample] and len(ds) == 5
    ds.apply(SetContent(2, 0, "new"))
    assert [edit.position for edit in ds.edits] == [1, 2] and not ds.can_redo
    shown = ds.to_jsonl()
    ds.close()
    ds = open_dataset(mails)
    assert ds.to_jsonl() == shown
    ds.undo(), ds.undo()
    assert ds.to_jsonl() == saved
    while ds.can_undo: ds.undo()
    assert ds.to_jsonl() == before
    ds.save()
    assert mails.read_bytes() == before and ds.edits == []
    while ds.can_redo: ds.redo()
    assert ds.to_jsonl() == shown
    ds.close()


def test_saved_state_is_not_forgotten_by_undo_then_edit_then_save(mails):
    ds = open_dataset(mails)
    ds.apply(SetContent(0, 0, "one"))
    ds.save()
    ds.undo()
    ds.apply(SetContent(1, 0, "two"))
    ds.save()
    assert json.loads(mails.read_bytes().splitlines()[0])["messages"][0]["content"] == "question 0"
    ds.undo(), ds.undo()
    assert ds[0].value["messages"][0]["content"] == "one"
    ds.close()


def test_unreadable_lines_survive_and_can_be_mended_as_text(tmp_path):
    path = tmp_path / "broken.jsonl"
    path.write_bytes(b'{"messages": [}\n' + line(1) + b"\n\xe9\xff\n")
    ds = open_dataset(path)
    assert [bool(example.error) for example in ds] == [True, False, True]
    with pytest.raises(DataError, match="cannot be read"): ds.apply(SetWeight(0, 1, 0))
    ds.apply(ReplaceExample(0, '{"messages": []}'))
    ds.apply(DeleteExample(2))
    ds.save()
    assert path.read_bytes() == b'{"messages": []}\n' + line(1) + b"\n"
    assert [edit.value for edit in ds.undo()] == [b"\xe9\xff".decode("utf-8", "surrogateescape")]
    ds.undo()
    ds.save()
    assert path.read_bytes() == b'{"messages": [}\n' + line(1) + b"\n\xe9\xff\n"
    with pytest.raises(DataError, match="line 1"): list(ds.examples())
    ds.close()


@pytest.mark.parametrize("edit, words", [
    (SetWeight(9, 0, 1), "no example 9, counted from 0"), (SetWeight(-1, 0, 1), "no example -1"), (DeleteExample(5), "no example 5"),
    (InsertExample(6, {}), "no place 6"), (InsertExample(0, "a\nb"), "one line"), (InsertExample(0, 7), "dict"),
    (ReplaceExample(0, ""), "blank"), ([DeleteExample(0)], "one by one"), (SetRole(0, 0, "robot"), "no role"), (SetWeight(0, 1, 2), "not a weight"),
    (SetWeight(0, 0, 1), r"Message 0 of example #1 \(ds\[0\]\) is not an assistant"), (MoveMessage(0, 0, 2), "no message 2"), (DeleteMessage(0, 2), "no message 2"),
    (InsertMessage(0, 3, {}), "no place 3"), (SetContent(0, 0, float("nan")), "JSON"), (SetContent(0, 0, "\ud800"), "surrogate")])
def test_wrong_edits_are_refused_with_a_remedy(mails, edit, words):
    ds = open_dataset(mails)
    with pytest.raises(DataError, match=words) as caught: ds.apply(edit)
    assert caught.value.remedy and ds.to_jsonl() == mails.read_bytes() and not ds.can_undo
    ds.close()


def test_an_edit_says_the_number_of_the_table_and_writes_the_place_in_code():
    edits = [SetWeight(6, 1, 0), SetContent(6, 1, "x"), SetRole(6, 0, "system"), MoveMessage(6, 0, 1), InsertMessage(6, 1, {"role": "user"}),
             DeleteMessage(6, 0), DeleteExample(6), ReplaceExample(6, {}), ReplaceText(6, "a", "b")]
    for edit in edits: assert edit.describe().split()[-1] == "#7" or " example #7 " in edit.describe(), edit.describe()
    assert all("example=6" in edit.code() for edit in edits)


def test_subscribers_hear_what_changed(mails):
    ds, heard = open_dataset(mails), []
    stop = ds.subscribe(lambda numbers: heard.append(None if numbers is None else list(numbers)))
    ds.apply(SetWeight(3, 1, 0), SetWeight(1, 1, 0))
    ds.apply(DeleteExample(2))
    ds.undo()
    ds.save()
    stop()
    ds.undo()
    assert heard == [[1, 3], [2, 3], [2, 3, 4], None]
    ds.close()


def test_what_is_not_a_message_is_not_lost(tmp_path):
    path = tmp_path / "odd.jsonl"
    path.write_bytes(b'{"messages":["stray",7,{"role":"user","content":"hi"}],"n":1.50}\n')
    ds = open_dataset(path)
    ds.apply(SetContent(0, 2, "ho"))
    assert ds[0].bytes == b'{"messages":["stray",7,{"role":"user","content":"ho"}],"n":1.50}'
    with pytest.raises(DataError, match="not a message"): ds.apply(SetContent(0, 0, "x"))
    ds.apply(DeleteMessage(0, 0))
    assert ds[0].value["messages"][0] == 7
    ds.close()


def test_a_new_example_is_spelled_like_its_neighbour(tmp_path):
    path = tmp_path / "compact.jsonl"
    path.write_bytes(b'{"messages":[{"role":"user","content":"caf\\u00e9"}]}\n')
    ds = open_dataset(path)
    ds.append({"messages": [{"role": "user", "content": "thé"}]})
    assert ds[1].bytes == b'{"messages":[{"role":"user","content":"th\\u00e9"}]}'
    ds.close()


def test_a_sample_is_a_working_copy(tmp_path, monkeypatch):
    monkeypatch.setenv("FTBENCH_HOME", str(tmp_path))
    ds, packaged = sample("routing"), sample_path("routing").read_bytes()
    ds.apply(DeleteExample(0))
    ds.save()
    assert sample_path("routing").read_bytes() == packaged and tmp_path in ds.path.parents
    assert len(sample("routing")) == len(ds) == packaged.count(b"\n") - 1
    with pytest.raises(DataError, match="routing"): sample("ruoting")
    ds.close()


@pytest.mark.parametrize("is_saved", [True, False])
def test_a_sample_can_begin_again(tmp_path, monkeypatch, is_saved):
    monkeypatch.setenv("FTBENCH_HOME", str(tmp_path))
    ds, packaged = sample("routing"), sample_path("routing").read_bytes()
    ds.apply(DeleteExample(0))
    ds.review.decide(1, "drop")
    if is_saved: ds.save()
    ds.apply(SetContent(2, 1, "Where is it?")) # pending
    again = sample("routing", fresh=True)
    assert again.path.read_bytes() == again.to_jsonl() == packaged and not again.edits and not len(again.review)
    assert ds.to_jsonl() == packaged, "the data set that was open sees it too"
    for each in (ds, again): each.close()


# searching and rows

def test_rows_and_search(tmp_path):
    path = tmp_path / "mixed.jsonl"
    call = {"id": "a", "type": "function", "function": {"name": "lookup", "arguments": '{"order": "48-2217"}'}}
    path.write_text(json.dumps({"messages": [{"role": "system", "content": "x"}, {"role": "user", "content": "Wo ist\nmein STRAßENRAD?"},
                                             {"role": "assistant", "content": None, "tool_calls": [call]}, {"role": "tool", "content": "ok"}]})
                    + "\n" + line(1, 0).decode() + "\nnot json at all\n")
    ds = open_dataset(path)
    first, second, third = ds.page(0, 10)
    assert (first.words, first.turns, first.tools, first.number, first.line) == ("Wo ist mein STRAßENRAD?", 4, 1, 1, 1)
    assert 0 < first.trained < 1 and second.trained == 0 and third.error and third.tokens == 0
    assert ds.find("strassenrad") == ds.find("48-2217 lookup") == ds.find("role:tool") == ds.find('"wo ist"') == [0]
    assert ds.find('"ist wo"') == []
    assert ds.find("weight:0") == ds.find("#2") == [1] and ds.find("at ALL") == [2] and list(ds.find("  ")) == [0, 1, 2]
    assert [row.index for row in ds.page(0, 1, "question")] == [1] and ds.page(1, 5, "question") == [] == ds.page(5, 2)
    ds.apply(SetContent(1, 0, "Lampe"))
    assert ds.find("question") == [] and ds.find("lampe") == [1]
    for wrong in ("role:robot", "weight:heavy"):
        with pytest.raises(DataError): ds.find(wrong)
    ds.close()


def test_tokens_of_one_and_all(mails):
    ds = open_dataset(mails)
    table = ds.tokens()
    assert table.total == sum(ds.tokens(index).total for index in range(5)) and len(table.rows) == 5
    assert table.to_pandas().tokens.sum() == table.total and "o200k_base" in repr(table) and "<table" in table._repr_html_()
    ds.close()


# opening what is not a file

def test_missing_file_and_folder(mails):
    with pytest.raises(DataError, match="Did you mean mails.jsonl"): open_dataset(mails.with_name("mail.jsonl"))
    with pytest.raises(DataError, match="current folder"): open_dataset("/no/such/folder/x.jsonl")
    with pytest.raises(DataError, match="Open one of its files: mails.jsonl"): open_dataset(mails.parent)
    with pytest.raises(DataError, match="not a choice"): open_dataset(mails, changed="merge")
    os.mkfifo(mails.with_name("pipe.jsonl"))
    with pytest.raises(DataError, match="pipe"): open_dataset(mails.with_name("pipe.jsonl"))
    with pytest.raises(IndexError, match="its 5 examples are"): open_dataset(mails)[5]


# when things go wrong

@pytest.mark.parametrize("place", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file(mails, monkeypatch, place):
    before = mails.read_bytes()
    ds = open_dataset(mails)
    ds.apply(SetWeight(0, 1, 0))
    def full(*arguments, **options): raise OSError(errno.ENOSPC, "No space left on device")
    with monkeypatch.context() as patched:
        patched.setattr(os, place, full)
        with pytest.raises(DataError, match="No space left"): ds.save()
    assert mails.read_bytes() == before and sorted(os.listdir(mails.parent)) == [".ftbench", "mails.jsonl"]
    assert len(ds.edits) == 1 and ds[0].value["messages"][1]["weight"] == 0
    ds.save()
    assert ds.edits == [] and mails.read_bytes() != before
    ds.close()


def test_a_file_rewritten_underneath_is_noticed_and_the_choice_is_ours(mails):
    ds = open_dataset(mails)
    ds.apply(SetWeight(1, 1, 0))
    ds.apply(DeleteExample(4))
    mails.write_bytes(line(9) + b"\n" + b"".join(line(number) + b"\n" for number in range(3)))
    for read in (lambda: ds[0], lambda: len(ds), ds.save, lambda: open_dataset(mails), lambda: ds.apply(DeleteExample(0))):
        with pytest.raises(DatasetChanged, match="reapply"): read()
    left = ds.reapply()
    assert [edit.position for edit in left] == [4] # its example is gone
    assert ds[2].value["messages"][1]["weight"] == 0 and len(ds) == 4 and [edit.position for edit in ds.edits] == [2]
    ds.save()
    assert mails.read_bytes().splitlines()[2] == line(1, 0)
    ds.close()


def test_edits_of_a_rewritten_file_can_be_discarded(mails):
    ds = open_dataset(mails)
    ds.apply(SetWeight(1, 1, 0))
    mails.write_bytes(line(3) + b"\n")
    ds.close()
    ds = open_dataset(mails, changed="discard")
    assert ds.to_jsonl() == mails.read_bytes() and not ds.can_undo
    ds.close()


def test_reapply_while_opening_warns_of_what_found_no_place(mails):
    ds = open_dataset(mails)
    ds.apply(DeleteExample(4))
    ds.close()
    mails.write_bytes(line(0) + b"\n")
    with pytest.warns(UserWarning, match="delete example #5"): open_dataset(mails, changed="reapply").close()


def test_a_rewritten_file_without_pending_edits_is_just_read_again(mails):
    ds = open_dataset(mails)
    ds.apply(SetWeight(0, 1, 0))
    ds.save()
    mails.write_bytes(line(8) + b"\n")
    assert len(ds) == 1 and not ds.can_undo
    ds.close()


def test_a_file_cut_short_in_place_is_noticed_before_it_is_read(tmp_path):
    path = tmp_path / "large.jsonl"
    path.write_bytes((line(0) + b"\n") * 20_000)
    ds = open_dataset(path)
    os.truncate(path, 100) # reading the mapped rest would end the process
    with pytest.raises(DataError, match="at the same place"): ds.apply(SetWeight(19_000, 1, 0))
    assert len(ds) == 1
    ds.close()


def test_a_large_file_is_known_by_its_ends_and_its_time(tmp_path):
    path = tmp_path / "large.jsonl"
    path.write_bytes((line(0) + b"\n") * 100_000)
    ds = open_dataset(path)
    for number in range(0, 90_000, 9_000): ds.apply(SetWeight(number, 1, 0))
    ds.save()
    assert ds.edits == [] and ds.to_jsonl() == path.read_bytes()
    ds.close()
    ds = open_dataset(path)
    assert ds.can_undo and ds.edits == []
    ds.undo()
    assert len(ds.edits) == 1
    ds.close()


def test_a_touched_file_with_the_same_bytes_is_no_change(mails):
    ds = open_dataset(mails)
    ds.apply(SetWeight(0, 1, 0))
    os.utime(mails, (1, 1))
    assert len(ds.edits) == 1
    ds.close()


def test_a_file_that_is_gone_says_so(mails):
    ds = open_dataset(mails)
    mails.unlink()
    with pytest.raises(DataError, match="no longer there"): len(ds)


def test_a_damaged_journal_is_explained(mails):
    ds = open_dataset(mails)
    ds.apply(SetWeight(0, 1, 0))
    ds.close()
    for extra in journal_file(mails).parent.glob("*"): extra.write_bytes(b"this is no database, it only looks like a file" * 99)
    with pytest.raises(DataError, match="move it away"): open_dataset(mails)


def test_a_folder_that_cannot_be_written_to_can_be_looked_at(mails, monkeypatch):
    def refuse(*arguments, **options): raise OSError(errno.EROFS, "Read-only file system")
    monkeypatch.setattr(Path, "mkdir", refuse)
    ds = open_dataset(mails)
    assert len(ds.page(0, 5)) == 5
    with pytest.raises(DataError, match="FTBENCH_HOME"): ds.apply(SetWeight(0, 1, 0))
    assert ds.to_jsonl() == mails.read_bytes()
    ds.close()


def test_the_journal_can_live_elsewhere(mails, tmp_path, monkeypatch):
    monkeypatch.setenv("FTBENCH_HOME", str(tmp_path / "home"))
    ds = open_dataset(mails)
    ds.apply(SetWeight(0, 1, 0))
    ds.close()
    assert not (mails.parent / ".ftbench").exists() and len(list((tmp_path / "home").glob("mails.jsonl.*.journal"))) == 1
    ds = open_dataset(mails)
    assert len(ds.edits) == 1
    ds.close()
