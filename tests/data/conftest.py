"""What the tests of the data room share."""
import pytest


@pytest.fixture(autouse=True)
def beside_the_data(monkeypatch):
    "Journals lie beside the data, as they do for most people, unless a test says otherwise."
    monkeypatch.delenv("FTBENCH_HOME", raising=False)
