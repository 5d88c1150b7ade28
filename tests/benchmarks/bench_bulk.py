"""One change of every example of a large file, undone, made again and saved, while others read on:

    python tests/benchmarks/bench_bulk.py FILE.jsonl [CHANGE ...]     # weights, system, replace, drop, tag, repair; all of them if none is named

FILE.jsonl is a file made by ../shared/data/make_large.py; it is only read (a link to it is what is changed). Three times its size must be free beside it.
Each change has a process of its own. Every 10 ms a thread of it asks for a page or a first page of a search, and so does a second process that has
the same file open, as a second notebook does. What is printed of each: seconds, memory beside the mapped file at most, and how long the others waited
(median, 99 %, longest); of the second process also how long after the end it shows what was done. Bars: 99 % within 50 ms, no wait of a second; 250 MB.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from ftbench.core import DataError
from ftbench.data.table.view import View

PAGE, EVERY = 50, .01
WORDS = ("refund", "photosynthesis", "invoice", "the", "password", "translate")
CHANGES = {"weights": lambda ds: ds.set_weights("none"), "system": lambda ds: ds.set_system("Answer in one sentence."), "replace": lambda ds: ds.replace("e", "E"),
           "drop": lambda ds: View(ds, range(0, len(ds), 3)).drop(), "tag": lambda ds: ds.tag("seen"), "repair": lambda ds: ds.repair()}


def held() -> float:
    "Megabytes of memory beside mapped files."
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon"))


def opened(path: str):
    "The file, with its columns; words are not collected meanwhile."
    from ftbench.data.dataset import open_dataset
    import ftbench  # the verbs
    ds = open_dataset(path)
    ds.columns.wait(shown=False)
    ds.signatures.stop()
    return ds


class Asking:
    "Asks for pages and searches every 10 ms, in a thread."

    def __init__(self, ds):
        self.ds, self.waits, self.most, self._on = ds, [], 0.0, True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        rng = random.Random(7)
        while self._on:
            began = time.perf_counter()
            with suppress(DataError): self._ask(rng) # examples came or went since: a widget asks again
            self.waits.append(time.perf_counter() - began)
            self.most = max(self.most, held())
            time.sleep(EVERY)

    def _ask(self, rng: random.Random) -> None:
        if rng.random() < .2: return self.ds.select(rng.choice(WORDS)).look(.02, PAGE)
        with self.ds.steady(): # as the table does
            first = rng.randrange(max(len(self.ds) - PAGE, 1))
            self.ds.select("").page(first, first + PAGE, now=False)

    def end(self) -> list[float]:
        self._on = False
        self._thread.join()
        return self.waits


def other(path: str) -> None:
    "The second process: asks between `go` and `stop`, and until it shows what the journal says."
    ds = opened(path)
    print("ready", flush=True)
    for line in sys.stdin:
        asking = Asking(ds)
        sys.stdin.readline()
        ended = time.perf_counter()
        while not caught_up(ds): time.sleep(EVERY)
        behind = time.perf_counter() - ended
        ds.columns.cancel()
        print(json.dumps({"waits": asking.end(), "behind": behind, "most": asking.most}), flush=True)


def caught_up(ds) -> bool:
    with ds.shown() as shown: return shown.journal is None or shown.state == shown.journal.state()


def said(waits: list[float]) -> str:
    waits = sorted(1000 * wait for wait in waits)
    return f"{waits[len(waits) // 2]:5.0f} {waits[int(.99 * len(waits))]:6.0f} {waits[-1]:6.0f}"


def change(name: str, path: str) -> None:
    "One change, in a process of its own."
    from ftbench.data.edit.steps import Steps
    second = subprocess.Popen([sys.executable, __file__, path, "--other"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    ds, made = opened(path), []
    second.stdout.readline()

    def phase(what, action):
        second.stdin.write("go\n"), second.stdin.flush()
        asking, before, began = Asking(ds), held(), time.perf_counter()
        action()
        seconds = time.perf_counter() - began
        second.stdin.write("stop\n"), second.stdin.flush()
        ds.columns.cancel()
        waits = asking.end()
        there = json.loads(second.stdout.readline())
        print(f"{name:8} {what:6} {seconds:7.1f} s  {before:4.0f} ->{asking.most:4.0f} MB   here {said(waits)} ms   there {said(there['waits'])} ms, "
              f"{there['behind']:5.1f} s behind, {there['most']:4.0f} MB", flush=True)
    steps = Steps(ds)
    phase("idle", lambda: time.sleep(2))
    phase("look", lambda: (made.append(CHANGES[name](ds)), made[0].look(1e9)))
    phase("apply", lambda: made[0].apply(lambda share: None))
    phase("undo", steps.undo)
    phase("redo", steps.redo)
    phase("save", ds.save)
    phase("undo", steps.undo)
    second.stdin.close()
    second.wait()
    ds.close()


def main() -> None:
    if len(sys.argv) < 2: sys.exit(__doc__)
    path, *names = sys.argv[1:]
    if names == ["--other"]: return other(path)
    if names == ["--measure"]: return opened(path).close()
    if names[:1] == ["--change"]: return change(names[1], path)
    source = Path(path).resolve()
    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        work, kept = Path(folder, "work.jsonl"), Path(folder, "kept")
        for name in ["--measure", *(names or CHANGES)]: # the columns are measured once, and taken over by each process
            work.unlink(missing_ok=True)
            os.link(source, work)
            home = Path(folder, name)
            shutil.copytree(kept, home) if kept.exists() else home.mkdir()
            subprocess.run([sys.executable, __file__, str(work), *(["--change"] if name in CHANGES else []), name], check=True, env={**os.environ, "FTBENCH_HOME": str(home)})
            if kept.exists(): shutil.rmtree(home)
            else: home.rename(kept)


if __name__ == "__main__": main()
