"""The whole way with the server that ships: started when none runs, found again, tuned, asked, stopped."""
import json
import os
import subprocess
import sys

import pytest

from ftbench.cli import main
from ftbench.core import ServiceError
from ftbench.evals.arms import arm
from ftbench.evals.cases import cases
from ftbench.evals.verdict import compare
from ftbench.jobs.launch import job, launch
from ftbench.jobs.service import connect, is_local, service_name, stop


@pytest.fixture(scope="module", autouse=True)
def own_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FTBENCH_HOME", str(home))
        yield home
        stop()


def mails(start, stop):
    return [{"messages": [{"role": "user", "content": f"Where is parcel {number}?"}, {"role": "assistant", "content": "DELIVERY"}]}
            for number in range(start, stop)]


def test_one_home_has_one_server_however_many_connect(own_home):
    ask = [sys.executable, "-c", "from ftbench.jobs.service import connect; print(connect().base_url)"]
    both = [subprocess.Popen(ask, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    addresses = {process.communicate(timeout=120)[0].strip() for process in both}
    assert addresses == {str(connect().base_url)} and is_local(connect())
    assert oct(os.stat(own_home / "server" / "token").st_mode & 0o777) == "0o600"


def test_from_examples_to_a_comparison():
    made = launch(mails(0, 12), mails(50, 53), suffix="t", hyperparameters={"n_epochs": 1, "batch_size": 4}, seed=1)
    made.wait(progress=False, timeout=240)
    assert made.fine_tuned_model.startswith("ft:nano:") and made.hyperparameters["n_epochs"] == 1
    names = set(made.metrics()["name"])
    assert {"train_loss", "full_valid_loss"} <= names and set(made.result()["name"]) <= names
    assert launch(mails(0, 12), mails(50, 53), suffix="t", hyperparameters={"n_epochs": 1, "batch_size": 4}, seed=1).id == made.id
    result = compare(arm("nano", max_tokens=4), arm("nano", shots=40, examples=mails(100, 180), max_tokens=4), arm(made, max_tokens=4),
                     cases=cases(mails(200, 203)), progress=False)
    table = result.table().set_index("arm")
    assert (table["n"] == 3).all() and (table["errors"] == 0).all() and (table["tokens"] > 0).all()
    assert 0 < table.loc["few_shot", "shots"] <= 40 and table.loc["few_shot", "tokens"] <= 1024


def test_the_shell_stops_the_server_that_a_notebook_started(own_home, capsys):
    connect()
    assert main(["serve", "--stop"]) == 0 and "stay" in capsys.readouterr().out
    assert main(["serve", "--stop", "--home", str(own_home / "server")]) == 0
    assert capsys.readouterr().out == "No server was running.\n"


def test_a_server_of_another_version_can_be_stopped_too(own_home):
    connect()
    told = own_home / "server" / "server.json"
    told.write_text(json.dumps({**json.loads(told.read_text()), "version": "0.0.1", "own": False}))
    with pytest.raises(ServiceError, match="ftbench serve --stop"): connect()
    assert stop()


def test_a_job_and_its_samples_outlive_the_server():
    before, name = connect(), service_name(connect())
    first = next(iter(before.fine_tuning.jobs.list())).id
    assert stop() and not stop()
    after = job(first)
    assert before.models.list().data and after.service.base_url == before.base_url # those who knew it find it again
    assert after.status == "succeeded" and service_name(after.service) == name
    again = compare(arm(after, max_tokens=4), cases=cases(mails(200, 203)), progress=False)
    assert again.frame["cached"].all()


def test_a_server_is_stopped_from_elsewhere_while_the_notebook_that_started_it_goes_on(tmp_path):
    code = f"from ftbench.jobs.service import connect; connect(home={str(tmp_path / 'home')!r}); print('up', flush=True); input()"
    notebook = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert notebook.stdout.readline() == "up\n"
    assert stop(tmp_path / "home") and not stop(tmp_path / "home")
    notebook.communicate("\n")
