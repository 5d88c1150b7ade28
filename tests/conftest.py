"""What the tests of several rooms share."""
import pytest
from fake_service import FakeService
from hypothesis import HealthCheck, settings
from mails import write_examples

from ftbench.data.dataset import open_dataset

settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]) # a slow machine is no fault
settings.load_profile("patient")


@pytest.fixture
def opened(tmp_path):
    "Opens a file with these examples; a text is a line as it stands."
    return lambda examples, name="train.jsonl": open_dataset(write_examples(tmp_path / name, examples))


@pytest.fixture
def service():
    "A service that speaks the fine-tuning API, in this process."
    fake = FakeService()
    yield fake
    fake.close()
