"""The defective files, the parser cases and the real files of the shared data."""
import json

import pytest
from shared_data import CHATS, SHARED

from ftbench.checks.json_rules import read_line
from ftbench.checks.report import check_file

if not SHARED.is_dir(): pytest.skip("the shared data folder is not beside the repository", allow_module_level=True)

MANIFEST = json.loads((SHARED / "bad" / "manifest.json").read_text())["files"]
SEVERITY = {"error": "error", "warn": "warning"}
# Real files with fewer than ten examples, or in another format than plain chat; the other chat files have no error.
SHORT = {"cookbook_toy_chat", "datajuicer_chatml_zh", "docs_weight_examples", "msswift_chatml"}
FORMATS = {"foundry_dpo_orca": "dpo", "foundry_rft_countdown_train": "rft", "foundry_rft_countdown_valid": "rft", "foundry_rft_toolcall_train": "rft"}


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_bad_file(entry):
    report = check_file(SHARED / "bad" / entry["file"])
    for expected in entry["expect"]:
        found = [each for each in report.findings if each.line == expected["line"] and each.severity == SEVERITY[expected["severity"]]]
        assert found, (expected, report)
        if "message" in expected: assert expected["message"] in [each.message for each in found]
    lines = {expected["line"] for expected in entry["expect"]}
    assert {each.line for each in report.findings} <= lines
    if all(expected["severity"] == "warn" for expected in entry["expect"]): assert report.ok
    json.dumps(report.to_json())


PARSING = sorted((SHARED / "json_parsing").glob("*.json"))


@pytest.mark.parametrize("path", PARSING, ids=lambda path: path.stem)
def test_json_parsing(path):
    raw = path.read_bytes()
    codes = {each.code for each in read_line(raw)[1]}
    syntax = {code for code in codes if code.startswith("json_") and code != "json_duplicate_key"} | codes & {"not_utf8", "utf16", "nul_bytes"}
    if path.name.startswith("y_"): assert not syntax
    if path.name.startswith("n_"): assert syntax
    report = check_file(path)
    assert not report.ok and json.dumps(report.to_json())


@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.stem)
def test_real_file_has_no_false_error(path):
    report = check_file(path)
    errors = [each.code for each in report.findings if each.severity == "error"]
    assert errors == (["too_few_examples"] if path.stem in SHORT else [])
    assert report.format == FORMATS.get(path.stem, "sft-chat")
    assert report.examples == len(path.read_bytes().splitlines())


def test_known_faults_of_real_files():
    assert [each.line for each in check_file(SHARED / "chat" / "glaive_tool_chat_derived.jsonl").findings if each.code == "arguments_schema"] == [260]
    birds = check_file(SHARED / "chat" / "audubon_birds.jsonl")
    assert sorted(each.code for each in birds.findings) == ["contradiction", "duplicate", "duplicate"]


@pytest.mark.parametrize("path", sorted((SHARED / "other_formats").iterdir()), ids=lambda path: path.name)
def test_other_formats_are_refused_in_one_breath(path):
    report = check_file(path)
    assert not report.ok
    assert len(json.dumps(report.to_json())) < 20_000_000
