"""Answers join and leave a running batch; requests take turns; nothing is lost, and memory stays where it is.

FTBENCH_CHATS sets how many chats go through the server (150 by default; 10,000 for a release, some two minutes). With `-s` its memory is printed.
"""
import asyncio
import http.client
import json
import os
import queue
import shutil
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

import openai
import psutil
import pytest
from waiting import PATIENCE, until

from ftbench.data.render import NANO
from ftbench.engine.nano.generate import Sampling
from ftbench.server import infer
from ftbench.server.infer import Answer, Inference
from ftbench.server.registry import base_folder
from ftbench.server.wire import ApiError

CHATS = int(os.environ.get("FTBENCH_CHATS", "150"))
GROWTH = 12 if CHATS >= 10_000 else 64 # megabytes; pools fill at first, later 2.7 kB for each answer that is forgotten would show
ENDLESS = frozenset()


@pytest.fixture
def inference():
    inference = Inference(models=2)
    yield inference
    inference.close()


class Asker:
    "Requests to one model, and the order in which their answers ended."

    def __init__(self, inference, folder=None):
        self.inference, self.model, self.told = inference, inference.load(folder or base_folder()), queue.Queue()
        self.prompt = NANO.prompt([{"role": "user", "content": "Count."}], None, self.model.speaker.tokenizer)

    def ask(self, name, count, tokens):
        answers = [Answer(self.prompt, Sampling(max_tokens=tokens, stop_ids=ENDLESS), self.model.speaker,
                          lambda news: self.told.put((name, news))) for _ in range(count)]
        self.inference.submit(self.model, answers)
        return answers

    def ended(self, count):
        news = [self.told.get(timeout=PATIENCE) for _ in range(count)]
        assert not any(one.error for _, one in news)
        return [name for name, _ in news]


def test_a_small_request_does_not_wait_for_all_of_a_large_one(inference, monkeypatch):
    monkeypatch.setattr(infer, "_ROWS", 4)
    asker = Asker(inference)
    asker.ask("large", 30, 10)
    asker.ask("small", 1, 10)
    assert asker.ended(31).index("small") < 12


def test_a_short_answer_leaves_while_long_ones_go_on(inference):
    asker = Asker(inference)
    asker.ask("long", 2, 400)
    asker.ask("short", 3, 5)
    assert asker.ended(5) == ["short"] * 3 + ["long"] * 2


def test_two_models_advance_together(inference, tmp_path):
    shutil.copytree(base_folder(), tmp_path / "other")
    one, other = Asker(inference), Asker(inference, tmp_path / "other")
    other.told = one.told
    one.ask("one", 1, 150)
    other.ask("other", 1, 10)
    assert one.ended(2) == ["other", "one"]


def test_what_nobody_wants_any_more_makes_room(inference, monkeypatch):
    monkeypatch.setattr(infer, "_ROWS", 1)
    asker = Asker(inference)
    abandoned = asker.ask("abandoned", 3, 900)
    for answer in abandoned: answer.wanted = False
    asker.ask("wanted", 1, 3)
    assert asker.ended(1) == ["wanted"] and not any(answer.message for answer in abandoned)


def test_too_many_are_told_when_to_come_again(inference, monkeypatch):
    monkeypatch.setattr(infer, "_ROWS", 1)
    monkeypatch.setattr(infer, "_WAITING", 5)
    asker = Asker(inference)
    asker.ask("first", 5, 60)
    with pytest.raises(ApiError) as caught:
        for _ in range(5): asker.ask("more", 5, 60)
    assert (caught.value.status, caught.value.code) == (429, "rate_limit_exceeded") and 1 <= int(caught.value.headers["retry-after"]) <= 60


def test_a_broken_model_ends_its_answers_with_an_error_and_is_loaded_again(inference, monkeypatch):
    asker = Asker(inference)
    monkeypatch.setattr(asker.model.speaker.decoder, "step", lambda: 1 / 0)
    asker.inference.submit(asker.model, [Answer(asker.prompt, Sampling(max_tokens=3), asker.model.speaker, asker.told.put) for _ in range(90)])
    assert all(asker.told.get(timeout=PATIENCE).error.status == 500 for _ in range(90))
    again = Asker(inference)
    assert again.model is not asker.model
    again.ask("well", 1, 3)
    assert again.ended(1) == ["well"]


def test_the_model_unused_for_longest_is_unloaded_but_none_in_the_middle_of_an_answer(inference, tmp_path):
    folders = [shutil.copytree(base_folder(), tmp_path / f"model {n}") for n in range(4)]
    asker = Asker(inference, folders[0])
    asker.ask("long", 1, 500)
    models = [asker.model] + [inference.load(folder) for folder in folders[1:3]]
    assert inference.load(folders[0]) is models[0] and inference.load(folders[2]) is models[2]
    assert inference.load(folders[1]) is not models[1]
    asker.ended(1)
    until(lambda: not asker.model.busy)
    inference.load(folders[3])
    assert inference.load(folders[0]) is not models[0]


def test_answers_in_company_are_those_given_alone(inference):
    asker, texts = Asker(inference), []
    for count in (1, 30):
        answers = asker.ask("same", count, 30)
        asker.ended(count)
        texts += [answer.message["content"] for answer in answers]
    assert len(set(texts)) == 1


def list_models(server, connection):
    connection.request("GET", "/v1/models", headers={"Authorization": f"Bearer {server.token}"})
    return connection.getresponse().read()


@pytest.fixture(scope="module")
def idle(server):
    "A connection that has been used once, and when; it waits while other tests go on."
    where = urllib.parse.urlparse(server.url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE)
    list_models(server, connection)
    yield connection, time.monotonic()
    connection.close()


async def many_chats(server, count, at_once=64):
    "Chats through the server with at most so many open; every answer."
    limit = asyncio.Semaphore(at_once)
    async with openai.AsyncOpenAI(base_url=server.url, api_key=server.token, max_retries=0, timeout=300) as client:
        async def one(number):
            async with limit:
                return await client.chat.completions.create(model="nano", messages=[{"role": "user", "content": f"Say {number}."}],
                                                            temperature=0, max_tokens=4)
        return await asyncio.gather(*(one(number) for number in range(count)))


def own_memory(process):
    "Megabytes that a process has written to; what it maps from files comes and goes as the system likes."
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists(): return process.memory_full_info().uss / 2**20
    return sum(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith(("RssAnon:", "VmSwap:"))) / 2**10


@pytest.mark.usefixtures("idle")
def test_no_chat_is_lost_and_memory_stays_where_it_is(server):
    process = psutil.Process(server.process.pid)
    asyncio.run(many_chats(server, 64)) # by now everything is loaded
    answers, held = [], []
    for _ in range(4):
        answers += asyncio.run(many_chats(server, CHATS // 4))
        held.append(own_memory(process))
    grown = min(held[2:]) - min(held[:2])
    print(f"\n{len(answers)} chats: {', '.join(f'{size:.1f}' for size in held)} MB after each quarter")
    assert len({answer.id for answer in answers}) == CHATS // 4 * 4
    assert all(answer.choices[0].finish_reason in ("stop", "length") for answer in answers)
    assert grown < GROWTH, f"{grown:.1f} MB more in the second half of {CHATS} chats"


def test_a_client_that_hangs_up_frees_its_place(server):
    def hang_up():
        body = {"model": "nano", "messages": [{"role": "user", "content": "Tell all."}], "max_tokens": 900, "temperature": 2, "n": 32}
        request = urllib.request.Request(f"{server.url}/chat/completions", json.dumps(body).encode(),
                                         {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"})
        with pytest.raises(TimeoutError): urllib.request.urlopen(request, timeout=.3)
    threads = [threading.Thread(target=hang_up) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    spent = lambda: psutil.Process(server.process.pid).cpu_times().user
    before = spent()
    server.client.chat.completions.create(model="nano", messages=[{"role": "user", "content": "Hi"}], max_tokens=2)
    assert spent() - before < 10, "those 128 answers would take a minute"


def test_a_connection_outlives_the_five_seconds_that_clients_keep_it(server, idle):
    connection, used = idle
    if time.monotonic() - used > 60: # the tests before took so long that the server may let go, too
        connection.close()
        list_models(server, connection)
        used = time.monotonic()
    time.sleep(max(0, used + 5.5 - time.monotonic())) # at five seconds the client lets go; a server that does so too cuts off what is on its way
    assert list_models(server, connection)
