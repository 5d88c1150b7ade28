"""`ftbench demo` as a stranger runs it: in a process of its own, with nothing set up."""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


def run(folder: Path, *words: str) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("FTBENCH", "OPENAI"))}
    return subprocess.run([str(Path(sys.executable).with_name("ftbench")), *words], cwd=folder, env=environment,
                          capture_output=True, text=True)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    done = run(folder, "demo", "routing", "--report", "report.html")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def test_the_tuned_model_beats_the_base_and_says_so_with_an_interval(demo):
    assert re.search(r"tuned beats base by \+\d.* points \[\d", demo[1])
    for arm in ("base", "few_shot", "tuned"): assert re.search(rf"{arm} +exact +\d", demo[1])


def test_the_report_stands_alone(demo):
    page = (demo[0] / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 3
    assert not re.search(r"""(?:src|href)=["']?https?:|url\(["']?https?:|@import""", page)


def test_nothing_stays_behind(demo):
    assert sorted(path.name for path in demo[0].iterdir()) == ["report.html"]


def test_an_unknown_sample_is_named_before_anything_runs(tmp_path):
    done = run(tmp_path, "demo", "rooting")
    assert done.returncode == 2 and "routing" in done.stderr and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("words", [("check", "missing.jsonl"), ("check", "."), ("serve", "--port", "99999"),
                                   ("serve", "--jobs", "0"), ("serve", "--quota", "-1")])
def test_what_cannot_run_says_why_in_one_line(tmp_path, words):
    done = run(tmp_path, *words)
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_check_tells_scripts_in_json(tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"messages": []}\n')
    done = run(tmp_path, "check", "bad.jsonl", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1 and 1 in [finding["line"] for finding in report["findings"]]
