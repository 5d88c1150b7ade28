"""When a check fails, the end of the output says which test and why: often nothing but the end is kept."""
import importlib.util
import subprocess
import sys
from pathlib import Path

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


def test_what_failed_stands_at_the_end(tmp_path):
    spec = importlib.util.spec_from_file_location("check", Path(__file__).resolve().parents[1] / "tools" / "check.py")
    spec.loader.exec_module(check := importlib.util.module_from_spec(spec))
    (tmp_path / "test_hill.py").write_text(FAILING)
    run = subprocess.run([sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider", "test_hill.py"], cwd=tmp_path, capture_output=True, text=True)
    ended, told = check.why("tests", run.stdout.splitlines(keepends=True))
    assert "chatter" in ended and "summary" not in ended and len(ended.splitlines()) == 40
    assert len(told) < 2000 and "chatter" not in told and "test_fine" not in told
    for words in ("FAILED test_hill.py::test_slope[left]", "FAILED test_hill.py::test_slope[right]", "ERROR test_hill.py::test_lamp", "too low", "assert 4 == 5", "no light"):
        assert words in told, words
