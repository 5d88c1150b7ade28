"""Death at any instant: a child edits, takes back, makes again, reviews and saves, and is killed with `kill -9` again and again.

60 rounds by default; FTBENCH_KILLS=1000 for as many as one has time for (about 5 a second).
"""
import json
import os
import random
import signal
import time

import pytest

from ftbench.data.dataset import open_dataset
from ftbench.data.edit import review
from ftbench.data.edit.edits import DeleteExample, InsertExample, SetContent
from ftbench.data.file import overlay

ROUNDS = int(os.environ.get("FTBENCH_KILLS", 60))
pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 and fork are POSIX")
SOME = 7 # examples that are edited, of
COUNT = 300


def value(number, question=None, answer=None):
    return {"messages": [{"role": "user", "content": question or f"question {number} " * 20},
                         {"role": "assistant", "content": answer or f"answer {number}"}]}


def expected(turn):
    "All examples after so many turns."
    def last(offset, number): return max((at for at in range(max(1, turn - SOME), turn + 1) if (at + offset) % SOME == number), default=None)
    for number in range(COUNT):
        asked, said = (last(offset, number) if number < SOME else None for offset in (0, 1))
        yield value(number, asked and f"edit {asked}", said and f"edit {said}")


def lines(turn): return b"".join(json.dumps(each).encode() + b"\n" for each in expected(turn))


def work(path, turn, acknowledge):
    "Edit, review and save for ever; what was acknowledged may not be lost."
    if turn % 2: overlay.MANY = review.MANY = 0 # every undo and every review through another connection
    ds = open_dataset(path)
    while True:
        turn += 1
        edits = SetContent(turn % SOME, 0, f"edit {turn}"), SetContent((turn + 1) % SOME, 1, f"edit {turn}")
        if turn % 2: ds.apply(*edits)
        else: ds.make_apart(edits) # as changes of a great many examples are made, through another connection
        if turn % 4 == 0: # examples come and go in one step, so the numbers of all others move and come back
            ds.apply(InsertExample(0, value(0)), DeleteExample(0))
        if turn % 3 == 1: # in every second round as if it were a great many examples
            ds.undo()
            ds.redo()
        ds.review.note(turn % SOME, f"note {turn}")
        acknowledge(f"{turn}\n")
        if turn % 3 == 0:
            ds.save()
            acknowledge(f"saved {turn}\n")


def killed(path, turn, seconds):
    "What a child acknowledged before it was killed."
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try: work(path, turn, lambda text: os.write(writing, text.encode()))
        finally: os._exit(1) # only reached when something failed
    os.close(writing)
    with os.fdopen(reading) as said:
        begun = said.readline() # it is at work
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        rest = said.read()
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "the child failed by itself"
    return (begun + rest).splitlines()


def test_kill_at_any_instant_loses_nothing_acknowledged(tmp_path):
    path, turn, saved, chance = tmp_path / "mails.jsonl", 0, 0, random.Random(7)
    path.write_bytes(lines(0))
    for _ in range(ROUNDS):
        said = killed(path, turn, chance.uniform(0, .05))
        acknowledged = max([turn, *(int(word) for word in said if word.isdigit())])
        saved = max([saved, *(int(word.split()[1]) for word in said if word.startswith("saved"))])
        ends = {lines(at): at for at in range(saved, acknowledged + 2) if at == saved or at % 3 == 0}
        assert path.read_bytes() in ends # the old file or a newer one, whole
        saved = ends[path.read_bytes()]
        ds = open_dataset(path)
        turn = next(at for at in (acknowledged + 1, acknowledged) if ds.to_jsonl() == lines(at)) # the edit in flight, whole or not at all
        if acknowledged: assert ds.review[acknowledged % SOME].note == f"note {acknowledged}"
        ds.close()
    assert turn >= ROUNDS and saved # the children were at work
    print(f"{ROUNDS} kills, {turn} steps, {saved // 3} saves")
    ds = open_dataset(path)
    assert len(ds.review) == min(turn, SOME)
    ds._shown.move(lambda state, journal: 0)
    assert ds.to_jsonl() == lines(0) # back to the very beginning, over all kills and saves
    ds.close()
    assert {name for name in os.listdir(tmp_path) if not name.startswith(".mails.jsonl.")} == {".ftbench", "mails.jsonl"}
