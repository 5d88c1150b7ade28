"""How fast nano trains and answers, on one core, with the packaged base model:  python tests/benchmarks/bench_nano.py

CPU seconds are what counts on a machine that does other work too; wall seconds stand beside them.
With the `parity` extra the same work is done by torch and transformers in the same run, and the ratio is printed.
"""
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"): os.environ[name] = "1"

import importlib.util
import random
import time
from importlib import resources
from pathlib import Path

import numpy as np

from ftbench.data.render import ChatTemplate
from ftbench.engine.nano.decode import turn
from ftbench.engine.nano.finetune import FineTune
from ftbench.engine.run import Plan
from ftbench.engine.nano.generate import Decoder
from ftbench.engine.nano.llama import Model
from ftbench.engine.nano.sampling import Sampling

BASE = Path(str(resources.files("ftbench") / "engine" / "nano" / "base"))
TRAIN_BAR, CHAT_BAR = 10, 1000 # seconds for 60 examples x 5 epochs; tokens a second of a single chat
ENDLESS, NEW_TOKENS = frozenset(), 100


def timed(work):
    """CPU and wall seconds of one call."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def best(work, times=3):
    """The least CPU seconds of a few calls, with its wall seconds."""
    return min(timed(work) for _ in range(times))


def examples(count=60):
    """Support mails with a label, about 80 tokens each."""
    pick = random.Random(1)
    things = ["invoice", "parcel", "password", "subscription", "refund", "account", "delivery", "card"]
    for number in range(count):
        mail = (f"Hello, my {pick.choice(things)} of {pick.randrange(1, 29)} May has a problem: the {pick.choice(things)} "
                f"number {pick.randrange(10 ** 5)} is wrong. Please help me soon. Regards, customer {number}")
        yield {"messages": [{"role": "system", "content": "Sort the mail: answer with one label in brackets."},
                            {"role": "user", "content": mail},
                            {"role": "assistant", "content": f"[{pick.choice(['BILLING', 'SHIPPING', 'LOGIN', 'OTHER'])}]"}]}


def answer(decoder, prompts):
    """Answer all prompts with exactly `NEW_TOKENS` tokens each."""
    for prompt in prompts: decoder.add(prompt, Sampling(max_tokens=NEW_TOKENS, stop_ids=ENDLESS))
    while len(decoder): decoder.step()


def train(model, rows):
    run = FineTune(model, rows, [], Plan(n_epochs=5, batch_size=4))
    while run.step < run.total_steps: run.advance()


def main():
    model = Model.load(BASE)
    rows = [(r.ids, r.weights) for r in (ChatTemplate().render(e, model.tokenizer, 1024) for e in examples())]
    prompts = [ids[:-4] for ids, _ in rows[:40]]
    tokens = 5 * sum(len(ids) for ids, _ in rows)
    print(f"{model.weights.flat.size:,} weights, {len(rows)} examples of {tokens / 5 / len(rows):.0f} tokens, load {os.getloadavg()[0]:.1f}")

    ours = {}
    cpu, wall = timed(lambda: train(Model.load(BASE), rows))
    ours["train"] = tokens / cpu
    print(f"train 60 examples x 5 epochs: {cpu:.2f} CPU s, {wall:.2f} wall s, {tokens / cpu:,.0f} tokens/CPU s "
          f"(bar {TRAIN_BAR} s: {'met' if cpu <= TRAIN_BAR else 'MISSED'})")
    decoder = Decoder(model)
    for count in (1, 8, 40):
        cpu, wall = best(lambda: answer(decoder, prompts[:count]))
        ours[count] = count * NEW_TOKENS / cpu
        bar = f" (bar {CHAT_BAR:,}: {'met' if ours[count] >= CHAT_BAR else 'MISSED'})" if count == 1 else ""
        print(f"{count} answers at once: {ours[count]:,.0f} tokens/CPU s, {count * NEW_TOKENS / wall:,.0f} tokens/wall s{bar}")
    print(f"a model made ready to answer: {best(lambda: turn(model))[0] * 1000:.0f} CPU ms")
    if importlib.util.find_spec("torch") and importlib.util.find_spec("transformers"): compare(ours, model, rows, prompts)
    else: print("torch and transformers are not installed (parity extra): no ratios")


def compare(ours, model, rows, prompts):
    """The same training and answers by torch and transformers, one thread."""
    import torch
    import transformers
    torch.set_num_threads(1)
    theirs = transformers.LlamaForCausalLM.from_pretrained(BASE, dtype=torch.float32)
    batches = [padded(torch, rows[i:i + 4]) for i in range(0, len(rows), 4)]
    optimizer = torch.optim.AdamW(theirs.parameters(), lr=1e-4)

    def epoch():
        for ids, weights, mask in batches:
            logits = theirs(input_ids=ids, attention_mask=mask).logits[:, :-1]
            entropy = torch.nn.functional.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")
            ((entropy * weights[:, 1:]).sum() / weights[:, 1:].sum()).backward()
            torch.nn.utils.clip_grad_norm_(theirs.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()

    cpu, _ = timed(epoch)
    print(f"torch trains {sum(len(ids) for ids, _ in rows) / cpu:,.0f} tokens/CPU s: "
          f"nano is {ours['train'] * cpu / sum(len(ids) for ids, _ in rows):.2f} times as fast")
    theirs.eval()
    for count in (1, 8, 40):
        ids, _, mask = padded(torch, [(prompts[0], [0] * len(prompts[0]))] * count)
        cpu, _ = timed(lambda: theirs.generate(ids, attention_mask=mask, max_new_tokens=NEW_TOKENS, min_new_tokens=NEW_TOKENS,
                                               do_sample=False, pad_token_id=0))
        rate = count * NEW_TOKENS / cpu
        print(f"transformers, {count} answers at once: {rate:,.0f} tokens/CPU s: nano is {ours[count] / rate:.2f} times as fast")


def padded(torch, rows):
    """Token ids, weights and attention mask with padding at the end."""
    longest = max(len(ids) for ids, _ in rows)
    full = lambda values, kind: torch.tensor(np.array([list(v) + [0] * (longest - len(v)) for v in values]), dtype=kind)
    return (full([ids for ids, _ in rows], torch.long), full([w for _, w in rows], torch.float32),
            full([[1] * len(ids) for ids, _ in rows], torch.long))


if __name__ == "__main__": main()
