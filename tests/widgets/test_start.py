"The card to choose what to work on: files, pasted messages, samples, and the errors a person meets."
import json
import os

import pytest
from ftbench.core import DataError
from ftbench.widgets.base import answer
from ftbench.widgets.start import Start, pasted_examples, training_files, workbench
from ftbench.widgets.workbench import Workbench

TALK = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
LINE = json.dumps(TALK) + "\n"


def test_only_what_may_be_a_training_file_is_listed(tmp_path):
    for name in ("b.jsonl", "A.JSONL", "c.jsonl.gz", "notes.txt", ".hidden.jsonl"): (tmp_path / name).write_text(LINE)
    (tmp_path / "more").mkdir()
    (tmp_path / "broken.jsonl").symlink_to(tmp_path / "gone.jsonl")
    found = training_files(tmp_path)
    assert [file["name"] for file in found["files"]] == ["A.JSONL", "b.jsonl", "c.jsonl.gz"] and found["folders"] == ["more"] and not found["more"]
    for number in range(300): (tmp_path / f"file {number} {'x' * 90}.jsonl").touch()
    found = training_files(tmp_path)
    assert len(found["files"]) == 100 and found["more"] == 204 and len(json.dumps(found)) < 20_000


@pytest.mark.parametrize("text, examples", [
    ("Hi\n\nHello", [TALK]), ("  Hi\r\n\r\nHello\n", [TALK]), (json.dumps(TALK, indent=2), [TALK]), (json.dumps(TALK["messages"]), [TALK]), (LINE * 2, [TALK, TALK]),
    (json.dumps([TALK, TALK]), [TALK, TALK])])
def test_what_is_pasted(text, examples): assert pasted_examples(text) == examples


@pytest.mark.parametrize("text, words", [("", "nothing"), ("Hi", "without an answer"), ("{", "not JSON"), ("[1]", "no conversation"), ("[]", "no conversation"), ('{"a": 1}\n{', "not JSON")])
def test_what_cannot_be_pasted(text, words):
    with pytest.raises(DataError, match=words) as error: pasted_examples(text)
    assert error.value.remedy


def test_a_file_becomes_a_workbench_in_the_same_widget(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mails.jsonl").write_text(LINE * 3)
    card = Start(tmp_path)
    assert card.state()["start"]["listing"] is None and card.state()["bar"] is None
    with pytest.raises(DataError, match="chosen"): card.ds
    shown = set(card.widget().state_keys)
    answer(card, {"do": "look", "folder": "."})
    assert card.state()["start"]["listing"]["folders"] == ["data"]
    answer(card, {"do": "open", "path": "data"}) # a folder is looked into
    assert card.state()["start"]["listing"]["files"][0]["name"] == "mails.jsonl"
    answer(card, {"do": "open", "path": "mails.jsonl"})
    assert card.state()["start"] is None and set(card.state()) == shown and card.state()["bar"]["examples"] == 3
    answer(card, {"do": "workbench.browser.decide", "decision": "keep", "step": True})
    assert card.ds.review[0].decision == "keep" and card.widget().state_browser["selection"] == 1
    assert "mails.jsonl" in repr(card) and card.to_html()


def test_ones_own_folder_is_written_as_people_write_it(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    assert Start(tmp_path / "data").state()["start"]["folder"] == str(tmp_path / "data")
    monkeypatch.setattr("pathlib.Path.home", lambda: tmp_path)
    assert Start(tmp_path / "data").state()["start"]["folder"] == "~/data" and Start(tmp_path).state()["start"]["folder"] == "~"


def test_what_goes_wrong_is_said(tmp_path):
    (tmp_path / "mails.jsonl").write_text(LINE)
    (tmp_path / "empty.jsonl").touch()
    card = Start(tmp_path)
    for path, words in (("mail.jsonl", "Did you mean mails.jsonl"), ("empty.jsonl", "no examples"), (" ", "No file is named"), ("/dev/null", "not a file")):
        error = answer(card, {"do": "open", "path": path})["error"]
        assert words in f"{error['message']} {error['remedy']}"
    assert "no sample" in answer(card, {"do": "sample", "name": "nothing"})["error"]["message"]
    assert "cannot be looked into" in answer(card, {"do": "look", "folder": "nowhere"})["error"]["message"]


def test_pasted_messages_become_a_file(tmp_path):
    for name in ("pasted.jsonl", "pasted_2.jsonl"):
        card = Start(tmp_path)
        card.do_paste("Hi\n\nHello")
        assert card.ds.path == tmp_path / name and card.ds[0].value == TALK
    if os.geteuid() == 0: return # may write everywhere
    tmp_path.chmod(0o500)
    assert "cannot be written" in answer(Start(tmp_path), {"do": "paste", "text": "Hi\n\nHello"})["error"]["message"]


def test_the_short_way(tmp_path):
    (tmp_path / "mails.jsonl").write_text(LINE)
    assert isinstance(workbench(tmp_path / "mails.jsonl"), Workbench) and isinstance(workbench(folder=tmp_path), Start)
