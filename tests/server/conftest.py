"""A server process of its own for the tests of this folder, in a home that is thrown away."""
import io
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import openai
import pytest
from waiting import PATIENCE, until

QUEUES = ("hardware", "billing", "travel", "access")


def make_chat(question, answer, **message):
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer, **message}]}


def make_mails(count, start=0):
    "Examples in which a mail gets the name of a queue."
    topics = ("my screen stays dark", "the invoice is wrong", "book me a train", "my password is gone")
    return [make_chat(f"Mail {start + n}: {topics[n % 4]}", QUEUES[n % 4]) for n in range(count)]


def as_jsonl(examples): return "".join(json.dumps(example) + "\n" for example in examples).encode()


class Server:
    "A server process and a client for it."

    def __init__(self, home: Path):
        self.home = home
        self.start()

    def start(self):
        command = [sys.executable, "-m", "ftbench.server.serve", "--home", str(self.home), "--port", "0"]
        self.log = open(self.home.parent / f"{self.home.name}.log", "ab")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, cwd=self.home.parent)
        until(lambda: self._where().get("pid") == self.process.pid or self.process.poll() is not None)
        assert self.process.poll() is None, Path(self.log.name).read_text()
        self.url, self.token = self._where()["url"], (self.home / "token").read_text().strip()
        self.client = openai.OpenAI(base_url=self.url, api_key=self.token, max_retries=0, timeout=PATIENCE)
        self.client.models.list()

    def _where(self):
        "What the server says of itself once it answers."
        try: return json.loads((self.home / "server.json").read_text())
        except (OSError, ValueError): return {}

    def kill(self):
        "The way a machine that loses power ends it."
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=PATIENCE)

    def upload(self, examples, name="mails.jsonl"):
        return self.client.files.create(file=(name, io.BytesIO(as_jsonl(examples))), purpose="fine-tune").id

    def create(self, examples, valid=None, epochs=3, batch=4, **more):
        method = {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": epochs, "batch_size": batch}}}
        if valid: more["validation_file"] = self.upload(valid, "valid.jsonl")
        return self.client.fine_tuning.jobs.create(model=more.pop("model", "nano"), training_file=self.upload(examples),
                                                   method=more.pop("method", method), seed=more.pop("seed", 7), **more)

    def wait(self, job_id):
        "The job when it has ended."
        deadline = time.monotonic() + 3 * PATIENCE
        while (job := self.client.fine_tuning.jobs.retrieve(job_id)).status not in ("succeeded", "failed", "cancelled"):
            assert time.monotonic() < deadline, f"{job_id} is still {job.status}"
            time.sleep(.05)
        return job

    def frozen(self, examples):
        """A job in the midst of its steps, how many they are, and its worker, which stands still; so nothing hurries.

        A worker that had done all steps before it could be stopped gets a longer job."""
        import psutil # the environments with older clients do without
        for epochs in (3, 20, 50):
            job, steps = self.create(examples, epochs=epochs), epochs * len(examples) // 4
            folder = self.home / "jobs" / job.id
            written = folder / "metrics.jsonl"
            done = lambda: written.read_text().count('"kind": "step"') if written.exists() else 0
            until(lambda: done() > 2, lambda: self.events(job.id))
            with suppress(psutil.NoSuchProcess, FileNotFoundError):
                worker = psutil.Process(json.loads((folder / "heartbeat").read_text())["pid"])
                worker.suspend()
                if done() < steps: return job, steps, worker
                worker.resume()
        raise AssertionError("the worker was always faster")

    def obeyed(self, request, job, worker):
        "The answer to a request for which a frozen worker has to do something; it goes on when it is told."
        with ThreadPoolExecutor(1) as thread:
            answer = thread.submit(request, job.id)
            until((self.home / "jobs" / job.id / "control").exists)
            worker.resume()
            return answer.result()

    def events(self, job_id):
        "All events, oldest first."
        return list(self.client.fine_tuning.jobs.list_events(job_id, limit=50))[::-1]

    def steps(self, job_id): return [event.data["step"] for event in self.events(job_id) if event.type == "metrics"]

    def raw(self, path):
        "The JSON of an answer, before the client makes anything of it."
        request = urllib.request.Request(f"{self.url}/{path}", headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request) as answer: return json.load(answer)

    def workers(self):
        "The training processes of this home."
        import psutil
        found = []
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or []
            if "ftbench.engine.worker" in words and any(word.startswith(str(self.home)) for word in words): found.append(process)
        return found


def start_server(folder):
    home = folder / "home"
    home.mkdir()
    return Server(home)


@pytest.fixture(scope="session")
def mails(): return make_mails


@pytest.fixture(scope="session")
def chat(): return make_chat


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    "The server that most tests share."
    server = start_server(tmp_path_factory.mktemp("shared"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def tuned(server):
    "A job that has succeeded, with validation data."
    job = server.create(make_mails(40), valid=make_mails(8, start=100), suffix="mails v1", metadata={"run": "one"})
    job = server.wait(job.id)
    assert job.status == "succeeded", (job.error, (server.home / "jobs" / job.id / "out.log").read_text())
    return job


@pytest.fixture
def own_server(tmp_path):
    "A server that a test may kill."
    server = start_server(tmp_path)
    yield server
    server.kill()
    for worker in server.workers(): worker.kill()
    for lock in (server.home / "jobs").glob("*/heartbeat"):
        with suppress(ProcessLookupError): os.kill(json.loads(lock.read_text())["pid"], signal.SIGKILL) # it may have ended by itself
