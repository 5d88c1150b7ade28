"""When a check fails, the end of the output says which test and why: often nothing but the end is kept."""
import importlib.util
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

FAILING = """import pytest
def test_fine(): pass
@pytest.mark.parametrize("side", ["left", "right"])
def test_slope(side):
    print("chatter\\n" * 900)
    height = {"left": 3, "right": 4}[side]
    assert height == 5, "too low"
@pytest.fixture
def lamp(): raise RuntimeError("no light")
def test_lamp(lamp): pass
"""


@pytest.fixture
def check():
    spec = importlib.util.spec_from_file_location("check", Path(__file__).resolve().parents[1] / "tools" / "check.py")
    spec.loader.exec_module(module := importlib.util.module_from_spec(spec))
    return module


def test_what_failed_stands_at_the_end(check, tmp_path):
    (tmp_path / "test_hill.py").write_text(FAILING)
    run = subprocess.run([sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider", "test_hill.py"], cwd=tmp_path, capture_output=True, text=True)
    ended, told = check.why("tests", run.stdout.splitlines(keepends=True))
    assert "chatter" in ended and "summary" not in ended and len(ended.splitlines()) == 40
    assert len(told) < 2000 and "chatter" not in told and "test_fine" not in told
    for words in ("FAILED test_hill.py::test_slope[left]", "FAILED test_hill.py::test_slope[right]", "ERROR test_hill.py::test_lamp", "too low", "assert 4 == 5", "no light"):
        assert words in told, words


UNSTEADY = """
from contextlib import nullcontext
from pathlib import Path

import pytest
def test_fine(): pass
def test_late():
    if not (seen := Path("seen")).exists():
        seen.touch()
        assert False, "too late"
"""


@pytest.mark.parametrize("text, steady", [(UNSTEADY, ["FAILED test_hill.py::test_late - AssertionError: too late"]), (UNSTEADY + "def test_low(): assert False", [])])
def test_what_passes_alone_is_named_and_what_is_broken_stays_broken(check, tmp_path, monkeypatch, text, steady):
    (tmp_path / "test_hill.py").write_text(text)
    monkeypatch.setattr(check, "ROOT", tmp_path)
    monkeypatch.setattr(check, "own_home", nullcontext)
    command = check.suite("hill", "-q", "test_hill.py")
    first = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert check.passed_alone(command, first.stdout.splitlines(keepends=True)) == steady
