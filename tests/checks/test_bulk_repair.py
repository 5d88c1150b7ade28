"Safe repairs of many examples: the same as the mended copy of the file, in one step, whatever the lines hold."
import json

import pytest

from breaches import EXAMPLES, LINES

from ftbench.checks.bulk_repair import changed_words, repair
from ftbench.checks.fix import fix_file
from ftbench.checks.repairs import to_line
from ftbench.core import DataError
from ftbench.data.dataset import open_dataset

GOOD = [json.dumps({"messages": [{"role": "user", "content": f"{n}?"}, {"role": "assistant", "content": str(n)}]}).encode() for n in range(12)]
BROKEN = [raw for lines in LINES.values() for raw in lines if len(raw) < 100_000] + [to_line(value) for values in EXAMPLES.values() for value in values]


def opened(folder, lines: list[bytes], name: str = "train.jsonl"):
    (folder / name).write_bytes(b"\n".join(lines) + b"\n")
    return open_dataset(folder / name)


def texts(ds) -> list[bytes]: return [example.bytes for example in ds]


def test_the_same_as_the_mended_copy_of_the_file(tmp_path):
    ds = opened(tmp_path, GOOD[:6] + [raw for raw in BROKEN if raw.strip() and b"\n" not in raw and b"\r" not in raw] + GOOD[6:])
    before = texts(ds)
    fix_file(ds.path, tmp_path / "mended.jsonl")
    preview = repair(ds)
    assert texts(ds) == before and preview.counts["examples"] > 50
    assert preview.counts["repairs"] == sum(rule.count for rule in preview.rules) and all(rule.samples for rule in preview.rules)
    preview.apply(lambda share: None)
    assert texts(ds) == texts(open_dataset(tmp_path / "mended.jsonl"))
    assert not len(repair(ds).rules) # nothing is left to repair
    ds.undo() # one step
    assert texts(ds) == before and not ds.can_undo


def test_some_examples_and_some_rules(tmp_path):
    wrong = json.loads(GOOD[0]) | {"id": 7}
    wrong["messages"][0]["weight"] = 1
    ds = opened(tmp_path, [*GOOD, *[json.dumps(wrong).encode()] * 5])
    chosen = ds.select("finding:weight_role sort:-line")[:2]
    preview = chosen.repair("weight_role")
    assert preview.counts == {"examples": 2, "repairs": 2} and [sample[:1] for sample in preview.samples] == [(16,), (15,)]
    assert "2  weight_role" in repr(preview) and "weight: 1" in preview._repr_html_()
    preview.apply(lambda share: None)
    assert len(ds.select("finding:weight_role")) == 3 and len(ds.select("finding:extra_key")) == 5
    assert repair(chosen, "weight_role").counts["examples"] == 0


def test_an_indented_array_keeps_its_lines(tmp_path):
    wrong = [json.loads(line) for line in GOOD]
    wrong[3]["messages"][0]["weight"] = 1
    path = tmp_path / "train.json"
    path.write_text(json.dumps(wrong, indent=2))
    ds = open_dataset(path)
    repair(ds).apply(lambda share: None)
    ds.save()
    del wrong[3]["messages"][0]["weight"]
    assert json.loads(path.read_text()) == wrong and path.read_text() == json.dumps(wrong, indent=2)


def test_what_is_asked_for_by_mistake_and_what_has_changed_meanwhile(tmp_path):
    ds = opened(tmp_path, [*GOOD, GOOD[0].replace(b'"user"', b'"human"')])
    with pytest.raises(DataError, match="no rule 'wieght_role'"): ds.repair("wieght_role")
    preview = ds.repair()
    ds.append(json.loads(GOOD[0]))
    with pytest.raises(DataError, match="has changed"): preview.apply(lambda share: None)
    assert preview.samples[0] == (12, "human", "user") and ds.repair("too_few_examples").counts == {"examples": 0, "repairs": 0}


def test_only_what_differs_is_shown():
    assert changed_words("a" * 500, "a" * 499 + "b") == ("a" * 60 + "…",) * 2
    assert changed_words("", "x") == ("", "x") and changed_words("same", "same") == ("", "")
    assert changed_words('{"a": "12", "b": "12"}', '{"a": 12, "b": "12"}') == ('"12"', "12")
