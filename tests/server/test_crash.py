"""Workers and servers killed at random instants: every event once, every loss as in an undisturbed run, nobody left behind.

FTBENCH_CRASHES sets how many kills there are (6 by default, three to a job; 200 for a release), FTBENCH_SEED their instants. With `-s` the
longest restart is printed."""
import os
import random
import time
from collections import Counter

import openai
import pytest
from waiting import until

CRASHES = int(os.environ.get("FTBENCH_CRASHES", 6))
SEED = int(os.environ.get("FTBENCH_SEED", 7))
EACH = 3 # kills to a job
PLAN = {"epochs": 6, "batch": 4, "suffix": "crash"}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")


def losses(server, job_id):
    return [(event.data["step"], event.data["train_loss"], event.data.get("full_valid_loss")) for event in server.events(job_id) if event.type == "metrics"]


def kill(server, what):
    "Kill the worker, the server, or both; the seconds until a server answers again."
    if what != "server":
        for worker in server.workers(): worker.kill()
    if what == "worker": return 0.0
    server.kill()
    begun = time.monotonic()
    server.start()
    return time.monotonic() - begun


def wait(server, job_id):
    "The ended job; a server that is only just up may still refuse the connection."
    try: return server.wait(job_id)
    except openai.APIConnectionError: return server.wait(job_id)


def test_kills_at_random_instants_change_nothing(own_server, mails):
    chance, examples, valid = random.Random(SEED), mails(40), mails(8, start=100)
    begun = time.monotonic()
    whole = own_server.wait(own_server.create(examples, valid=valid, **PLAN).id)
    lasting, wanted = time.monotonic() - begun, losses(own_server, whole.id)
    assert whole.status == "succeeded" and [step for step, *_ in wanted] == list(range(1, 61))
    expected = Counter(event.type + event.message[:12] for event in own_server.events(whole.id))
    slowest, restarts = 0.0, 0
    for _ in range(max(1, CRASHES // EACH)):
        job = own_server.create(examples, valid=valid, **PLAN)
        for _ in range(EACH):
            time.sleep(chance.uniform(0, lasting / EACH))
            what = chance.choice(("worker", "server", "both"))
            slowest, restarts = max(slowest, kill(own_server, what)), restarts + (what != "worker")
        job = wait(own_server, job.id)
        assert job.status == "succeeded", job.error
        assert losses(own_server, job.id) == wanted
        told = Counter(event.type + event.message[:12] for event in own_server.events(job.id) if event.level == "info" and "resumed" not in event.message)
        assert told == expected
        ids = [event.id for event in own_server.events(job.id)]
        assert len(ids) == len(set(ids)) and job.trained_tokens == whole.trained_tokens
    until(lambda: not own_server.workers(), lambda: "a worker was left behind")
    print(f"\n{CRASHES} kills, {restarts} restarts of the server, the slowest in {slowest:.2f} s")


def test_killed_while_its_files_are_validated(own_server, mails):
    job = own_server.create(mails(40), epochs=1)
    own_server.kill()
    own_server.start()
    assert wait(own_server, job.id).status == "succeeded" and own_server.steps(job.id) == list(range(1, 11))


def test_stopped_gently_a_server_leaves_no_one_but_the_worker(own_server, mails):
    _, _, worker = own_server.frozen(mails(40))
    own_server.stop()
    assert own_server.workers() == [worker]
