"""The data commands of the shell: one JSON document, an exit code to trust, nothing written over."""
import gzip
import json
import subprocess
import sys

import pytest

from ftbench.cli import main


def line(question, answer): return json.dumps({"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]})


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.delenv("FTBENCH_HOME", raising=False)
    path = tmp_path / "mails.jsonl"
    words = "parcel invoice password refund colour size delivery address order card shop voucher".split()
    path.write_text("\n".join([*(line(f"Please tell me all about my {word} today", word) for word in words), line("Please tell me all about my parcel today", "parcel")]) + "\n")
    return path


def said(capsys, *words):
    "Exit code and the document on standard output."
    code = main([*map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_tokens_names_model_price_and_date(file, capsys):
    code, found = said(capsys, "tokens", file, "--model", "gpt-4o-mini", "--epochs", "2")
    assert code == 0 and found["examples"] == 13 and found["epochs"] == 2 and found["total_tokens"] == 2 * found["tokens"]
    assert found["dollars"] == pytest.approx(found["total_tokens"] * 3e-6) and found["price_date"] and found["truncated_lines"] == []


def test_tokens_fails_when_examples_would_be_cut(file, capsys):
    file.write_text(file.read_text() + line("Say it often", "again and " * 2000) + "\n")
    code, found = said(capsys, "tokens", file, "--model", "nano")
    assert code == 1 and found["truncated_lines"] == [14]


def test_duplicates_are_given_by_line(file, capsys):
    assert said(capsys, "duplicates", file) == (1, {"file": str(file), "examples": 13, "threshold": 0.8, "clusters": [[1, 13]]})
    file.write_text("\n".join(file.read_text().splitlines()[:12]) + "\n")
    assert said(capsys, "duplicates", file)[0] == 0


def test_duplicates_of_two_files(file, tmp_path, capsys):
    other = tmp_path / "test.jsonl"
    other.write_text("\n".join([line("How is the weather in Rome tomorrow?", "sunny"), line("Please tell me all about my refund today", "refund")]) + "\n")
    code, found = said(capsys, "duplicates", file, other)
    assert code == 1 and found["lines"] == [4] and found["other_lines"] == [2]


def test_split_writes_each_example_once_and_keeps_twins_together(file, tmp_path, capsys):
    code, found = said(capsys, "split", file, "--valid", ".2", "--test", ".2", "--out", tmp_path / "parts")
    parts = {part: open(path).read().splitlines() for part, path in found["written"].items()}
    assert code == 0 and set(parts) == {"train", "valid", "test"}
    assert sorted(sum(parts.values(), [])) == sorted(file.read_text().splitlines())
    assert sum(line("Please tell me all about my parcel today", "parcel") in lines for lines in parts.values()) == 1


def test_split_without_a_part_that_was_asked_for_is_not_fine(file, tmp_path, capsys):
    (same := tmp_path / "same.jsonl").write_text((file.read_text().splitlines()[0] + "\n") * 10)
    code, found = said(capsys, "split", same)
    assert code == 1 and list(found["written"]) == ["train"] and len(found["notes"]) == 2


def test_split_never_writes_over_a_file(file, tmp_path, capsys):
    (tmp_path / "mails.test.jsonl").write_text("mine")
    assert main(["split", str(file)]) == 2
    assert "already there" in capsys.readouterr().err
    assert (tmp_path / "mails.test.jsonl").read_text() == "mine" and not (tmp_path / "mails.train.jsonl").exists()


def test_convert_there_and_back(file, tmp_path, capsys):
    there, back = tmp_path / "there.json", tmp_path / "back.jsonl"
    code, found = said(capsys, "convert", file, there, "--to", "sharegpt")
    assert (code, found["written"], found["losses"]) == (0, 13, 0)
    assert said(capsys, "convert", there, back, "--to", "openai")[0] == 0
    assert [json.loads(text) for text in back.read_text().splitlines()] == [json.loads(text) for text in file.read_text().splitlines()]
    assert main(["convert", str(file), str(back)]) == 2, "nothing is written over"


def test_convert_lists_what_is_lost(file, tmp_path, capsys):
    file.write_text(json.dumps({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}, {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}) + "\n")
    code, found = said(capsys, "convert", file, tmp_path / "out.jsonl", "--to", "alpaca")
    assert code == 1 and found["losses"] >= 1 and {"example", "what", "why"} == set(found["lost"][0])


def test_a_packed_file_is_read(file, tmp_path, capsys):
    packed = tmp_path / "mails.jsonl.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    assert said(capsys, "duplicates", packed)[1]["clusters"] == [[1, 13]]


def test_fix_writes_a_mended_copy_and_leaves_the_file(file, tmp_path, capsys):
    broken = file.read_text().splitlines()
    broken[2] = broken[2][:-1] + ',}'
    broken[4] = json.dumps({"messages": [{"role": "user", "content": "a", "weight": 1}, {"role": "assistant", "content": "b"}]})
    file.write_text("\n".join(broken) + "\n")
    before = file.read_bytes()
    code, found = said(capsys, "check", file, "--fix", tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert file.read_bytes() == before and "weight" not in lines[4]
    assert [text for n, text in enumerate(lines) if n not in (2, 4)][:10] == [text for n, text in enumerate(broken) if n not in (2, 4)][:10]
    assert code == main(["check", str(tmp_path / "out.jsonl")])


@pytest.mark.parametrize("words", [("tokens", "none.jsonl"), ("split", "none.jsonl"), ("duplicates", "none.jsonl"), ("convert", "none.jsonl", "out.jsonl"),
                                   ("tokens", "FILE", "--model", "gpt-9"), ("convert", "FILE", "out.jsonl", "--to", "opnai"), ("split", "FILE", "--test", "2"),
                                   ("duplicates", "FILE", "--threshold", "7"), ("check", "FILE", "--provider", "openia")])
def test_what_cannot_run_says_so_in_one_line(file, tmp_path, monkeypatch, capsys, words):
    monkeypatch.chdir(tmp_path)
    assert main([str(file) if word == "FILE" else word for word in words]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and len(captured.err.strip().splitlines()) == 1


def test_a_reader_that_has_seen_enough_is_no_error(file):
    shown = subprocess.Popen([sys.executable, "-c", "from ftbench.cli import main; import sys; sys.exit(main())", "check", str(file), "--json"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    shown.stdout.close()
    assert shown.stderr.read() == b"" and shown.wait(60) == 141
