"""The packaged data sets obey OpenAI's rules, hold no prompt twice, and are the output of their generator."""
import collections
import json
import sys
from pathlib import Path

import pytest

from ftbench.core import DataError
from ftbench.data.samples import SPLITS, sample_names, sample_path

ROOT = Path(__file__).resolve().parents[2]
FILES = [(name, split) for name in sample_names() for split in SPLITS]


def rows(name, split):
    return [json.loads(line) for line in sample_path(name, split).read_text(encoding="utf-8").splitlines()]


def test_three_samples_with_four_files_of_useful_size():
    assert sample_names() == ["marv", "routing", "tools"]
    limits = {"train": (60, 100), "validation": (20, 30), "test_values": (60, 80), "test_wording": (50, 60)}
    for name, split in FILES: assert limits[split][0] <= len(rows(name, split)) <= limits[split][1], (name, split)


@pytest.mark.parametrize("name,split", FILES)
def test_openai_accepts_every_row(name, split):
    from ftbench.checks.report import check_file
    report = check_file(sample_path(name, split))
    assert [f for f in report.findings if f.severity == "error"] == []


@pytest.mark.parametrize("name,split", FILES)
def test_every_row_is_a_prompt_and_one_answer(name, split):
    for row in rows(name, split):
        assert [m["role"] for m in row["messages"]] == ["system", "user", "assistant"]
        answer = row["messages"][-1]
        assert answer.get("weight", 1) == 1
        if name == "tools":
            (call,) = answer["tool_calls"]
            (tool,) = [t["function"] for t in row["tools"] if t["function"]["name"] == call["function"]["name"]]
            arguments = json.loads(call["function"]["arguments"])
            assert list(arguments) == tool["parameters"]["required"]
            for key, value in arguments.items(): assert value in tool["parameters"]["properties"][key].get("enum", [value])
        else: assert answer["content"]


@pytest.mark.parametrize("name", sample_names())
def test_no_prompt_stands_twice(name):
    prompts = collections.Counter(row["messages"][1]["content"] for split in SPLITS for row in rows(name, split))
    assert prompts.most_common(1)[0][1] == 1


def test_values_are_copied_from_the_prompt():
    for split in SPLITS:
        for row in rows("marv", split):
            question, answer = row["messages"][1]["content"], row["messages"][2]["content"]
            value = answer.removeprefix("Gosh, ").rsplit(". ", 1)[0]
            assert answer.startswith("Gosh, ") and value in question
        for row in rows("tools", split):
            arguments = json.loads(row["messages"][2]["tool_calls"][0]["function"]["arguments"])
            copied = [str(v) for k, v in arguments.items() if k in ("person", "time", "about") or k == "minutes" and v]
            assert all(v in row["messages"][1]["content"] for v in copied)


def test_the_files_are_what_the_generator_writes(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(ROOT / "tools" / "samples"))
    for module in ("make", "marv", "routing", "tools"): monkeypatch.delitem(sys.modules, module, raising=False)
    import make
    monkeypatch.setattr(make, "FOLDER", tmp_path)
    make.main()
    for name, split in FILES:
        assert (tmp_path / name / f"{split}.jsonl").read_bytes() == sample_path(name, split).read_bytes(), (name, split)


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(DataError, match="marv, routing, tools"): sample_path("rooting")
    with pytest.raises(DataError, match="test_values"): sample_path("marv", "test")
