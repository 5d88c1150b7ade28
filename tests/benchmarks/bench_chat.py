"""How many chats a server carries, through the ordinary client:  python tests/benchmarks/bench_chat.py [CHATS]

40 chats at once (bar: under 2 s); CHATS chats (default 2,000) with 64 open at a time, none lost; memory of the server
after each tenth of them; and what holding an answer to a schema costs per token beside the free answer in the same run.
"""
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"): os.environ[name] = "1"

import asyncio
import sys
import tempfile
import time
from importlib import resources
from pathlib import Path

import openai
import psutil

sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[1:3]]
from tests.server.conftest import start_server
from ftbench.engine.grammar.answer import answer_rules
from ftbench.engine.grammar.machine import Grammar
from ftbench.engine.grammar.mask import Guide, Vocabulary
from ftbench.engine.nano.generate import Decoder
from ftbench.engine.nano.llama import Model
from ftbench.engine.nano.sampling import Sampling

BASE = Path(str(resources.files("ftbench") / "engine" / "nano" / "base"))
TICKET = {"type": "object", "additionalProperties": False, "required": ["customer", "queue", "order", "notes"], "properties": {
    "customer": {"type": "string"}, "queue": {"enum": ["billing", "travel", "hardware"]}, "order": {"type": "integer"},
    "notes": {"type": "array", "items": {"type": "string"}}}}


async def chats(server, count, at_once, tokens):
    limit = asyncio.Semaphore(at_once)
    async with openai.AsyncOpenAI(base_url=server.url, api_key=server.token, max_retries=0, timeout=300) as client:
        async def one(number):
            async with limit:
                return await client.chat.completions.create(model="nano", max_tokens=tokens, temperature=0, messages=[
                    {"role": "user", "content": f"What is {number} plus 3? Answer in one sentence."}])
        return await asyncio.gather(*(one(number) for number in range(count)))


def through_the_server(count):
    with tempfile.TemporaryDirectory() as folder:
        server = start_server(Path(folder))
        try:
            process = psutil.Process(server.process.pid)
            asyncio.run(chats(server, 4, 4, 4))
            started, used = time.perf_counter(), sum(process.cpu_times()[:2])
            answers = asyncio.run(chats(server, 40, 40, 30))
            wall, made = time.perf_counter() - started, sum(answer.usage.completion_tokens for answer in answers)
            print(f"40 chats at once: {wall:.2f} wall s, {sum(process.cpu_times()[:2]) - used:.2f} CPU s of the server, {made:,} tokens "
                  f"(bar 2 s: {'met' if wall < 2 else 'MISSED'})")
            lost, started = 0, time.perf_counter()
            for part in range(10):
                lost += count // 10 - len({answer.id for answer in asyncio.run(chats(server, count // 10, 64, 8))})
                print(f"  {(part + 1) * (count // 10):,} chats: {process.memory_info().rss / 2**20:.0f} MB")
            print(f"{count:,} chats, 64 at a time: {time.perf_counter() - started:.1f} wall s, {lost} lost")
        finally: server.kill()


def a_schema_per_token():
    model = Model.load(BASE)
    grammar = Grammar(*answer_rules({"type": "json_schema", "json_schema": {"name": "ticket", "schema": TICKET, "strict": True}}))
    vocabulary = Vocabulary(model.tokenizer, model.config.vocab_size)
    prompt = [3, *model.tokenizer.encode("Mira cannot pay order 70595. Give the ticket as JSON."), 1, 4]

    decoder = Decoder(model)

    def per_token(guide, rows):
        made, started = 0, time.process_time()
        for seed in range(rows):
            decoder.add(prompt, Sampling(max_tokens=80, temperature=1, seed=seed, guide=guide, stop_ids=None if guide else frozenset()))
        while len(decoder): made += len(decoder.step())
        return (time.process_time() - started) / made * 1e6, made

    for rows in (1, 40):
        cold, _ = per_token(Guide(Grammar(*answer_rules({"type": "json_schema", "json_schema": {"name": "t", "schema": TICKET}})), vocabulary), rows)
        warm = Guide(grammar, vocabulary)
        per_token(warm, rows)
        held, made = min(per_token(warm, rows) for _ in range(3))
        free, _ = min(per_token(None, rows) for _ in range(3))
        print(f"{rows} answers at once, CPU µs a token: {free:.0f} free, {held:.0f} held to a schema ({held / free:.2f} times), "
              f"{cold:.0f} the first time a schema is seen ({made} tokens)")


if __name__ == "__main__":
    print(f"load {os.getloadavg()[0]:.1f}")
    a_schema_per_token()
    through_the_server(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
