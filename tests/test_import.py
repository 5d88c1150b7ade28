"""`import ftbench` is light, and every name of the front door is there."""
import subprocess
import sys

import pytest

import ftbench

HEAVY = ("numpy", "pandas", "openai", "altair", "ipywidgets", "anywidget", "tiktoken", "msgspec", "starlette", "torch")


def test_import_loads_nothing_heavy():
    code = "import sys, ftbench; print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not set(HEAVY) & set(loaded)


@pytest.mark.parametrize("name", [name for name in ftbench.__all__])
def test_front_door(name): assert getattr(ftbench, name) is not None


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'opne'"): ftbench.opne
