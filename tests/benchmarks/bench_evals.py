"""What evals cost: paired bootstrap, and the runner on top of the bare client:  python tests/benchmarks/bench_evals.py

CPU seconds are what counts on a machine that does other work too. The service answers from a process of its own; bare
client and runner take turns in one run, and the ratio of their best rounds is printed.
"""
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import openai

from ftbench.evals.arms import arm
from ftbench.evals.cases import cases
from ftbench.evals.runner import SampleStore, ask
from ftbench.evals.statistics import bootstrap, paired

DISCRETE_BAR, CONTINUOUS_BAR, OVERHEAD_BAR = 5, 100, 100 # ms, ms, microseconds a request
REQUESTS, AT_ONCE, ROUNDS = 300, 16, 6
_SERVICE = f"""
import sys, time; sys.path.insert(0, {str(TESTS)!r})
from fake_service import FakeService
print(FakeService().base_url, flush=True)
time.sleep(3600)
"""


def best(work, times=ROUNDS):
    """The least CPU seconds of a few calls."""
    spent = []
    for _ in range(times):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return min(spent)


def statistics():
    pick = np.random.default_rng(1)
    right, other = (pick.random(1000) < share for share in (.7, .8))
    scores = pick.random((2, 1000))
    for name, milliseconds, bar in (
            ("bootstrap, 0/1 scores", best(lambda: bootstrap(other.astype(float) - right)) * 1000, DISCRETE_BAR),
            ("paired, 0/1 scores, with the exact interval", best(lambda: paired(right, other)) * 1000, None),
            ("bootstrap, continuous scores", best(lambda: bootstrap(scores[1] - scores[0])) * 1000, CONTINUOUS_BAR)):
        print(f"{name:<46}{milliseconds:8.2f} ms{'' if bar is None else f'  (bar {bar} ms)'}")


def runner(base_url):
    client = openai.OpenAI(base_url=base_url, api_key="test")
    asked = cases([{"messages": [{"role": "user", "content": f"Where is parcel {number}?"}, {"role": "assistant", "content": "x"}]}
                   for number in range(REQUESTS)])
    one = arm("nano")

    def bare():
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda case: client.chat.completions.create(**one.request(case)), asked))

    def ours():
        with tempfile.TemporaryDirectory() as folder:
            store = SampleStore(Path(folder) / "samples.sqlite")
            ask((one,), asked, client, False, store)
            store.close()

    bare() # connections open, modules loaded
    rounds = [(best(bare, 1), best(ours, 1)) for _ in range(ROUNDS)]
    plain, with_us = (min(times) / REQUESTS * 1e6 for times in zip(*rounds))
    print(f"{'bare client':<46}{plain:8.0f} us a request\n{'runner':<46}{with_us:8.0f} us a request")
    print(f"{'on top':<46}{with_us - plain:8.0f} us a request  (bar {OVERHEAD_BAR}), {plain / with_us:.0%} of the bare client's throughput")


if __name__ == "__main__":
    statistics()
    service = subprocess.Popen([sys.executable, "-c", _SERVICE], stdout=subprocess.PIPE, text=True)
    try: runner(service.stdout.readline().strip())
    finally: service.terminate()
