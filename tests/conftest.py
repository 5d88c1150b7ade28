"""What the tests of several rooms share."""
import json

import pytest
from hypothesis import HealthCheck, settings

from ftbench.data.dataset import open_dataset

settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]) # a slow machine is no fault
settings.load_profile("patient")


@pytest.fixture
def opened(tmp_path):
    "Opens a file with these examples; a text is a line as it stands."
    def run(values, name="train.jsonl"):
        (tmp_path / name).write_text("".join((value if isinstance(value, str) else json.dumps(value)) + "\n" for value in values))
        return open_dataset(tmp_path / name)
    return run
