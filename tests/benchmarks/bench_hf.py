"""Training an open-weights model: our loop beside a bare loop of torch and transformers over the same batches.

    python tests/benchmarks/bench_hf.py            a Llama of 8M parameters made here, on the CPU or the GPU there is
    python tests/benchmarks/bench_hf.py FOLDER     a model in Hugging Face layout

Both loops take turns step by step in one process, and the medians of their CPU time are compared, so that whatever else the machine does
weighs little. Needs the extra hf."""
import statistics
import sys
import time

import torch
import transformers

from ftbench.engine.hf.finetune import FULL_RATE, HFFineTune
from ftbench.engine.hf.model import CausalModel, load_model
from ftbench.engine.run import Plan

STEPS, WARM_UP, EXAMPLES, LENGTH = 23, 3, 8, 192


def network(device):
    torch.manual_seed(0)
    config = transformers.LlamaConfig(vocab_size=8192, hidden_size=256, intermediate_size=768, num_hidden_layers=6, num_attention_heads=4,
                                      num_key_value_heads=4, max_position_embeddings=1024)
    return transformers.LlamaForCausalLM(config).to(device)


def model(device):
    if len(sys.argv) > 1: return load_model(sys.argv[1])
    return CausalModel(network(device), None, None, 1024, None, torch.float32)


def bare_step(net, optimizer, rows, device) -> float:
    "What a careful script does: pad, mask, one forward and backward pass, clip, step."
    longest = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([ids + [0] * (longest - len(ids)) for ids, _ in rows], device=device)
    mask = torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids, _ in rows], device=device)
    labels = torch.tensor([[id if weight else -100 for id, weight in zip(*row)] + [-100] * (longest - len(row[0])) for row in rows], device=device)
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda"):
        loss = net(input_ids=ids, attention_mask=mask, labels=labels, use_cache=False).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return float(loss.detach())


def timed(step) -> tuple[float, float]:
    "Seconds and the loss; on the CPU its own time, which other work on the machine does not lengthen much."
    clock = time.perf_counter if torch.cuda.is_available() else time.process_time
    started = clock()
    value = step()
    if torch.cuda.is_available(): torch.cuda.synchronize()
    return clock() - started, value


def measured(both: dict) -> tuple[dict, dict]:
    "Median seconds of a step of each loop, which take turns in going first, and the first losses."
    seconds, first = {name: [] for name in both}, {}
    for turn in range(STEPS):
        for name in sorted(both, reverse=turn % 2 > 0):
            spent, loss = timed(both[name])
            if turn >= WARM_UP: seconds[name].append(spent)
            first.setdefault(name, loss)
    return {name: statistics.median(each) for name, each in seconds.items()}, first


def main() -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type == "cpu": torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(1)
    lengths = [LENGTH - 8 * (n % 5) for n in range(EXAMPLES)]
    rows = [(torch.randint(10, 8000, (n,), generator=generator).tolist(), [0.] * (n // 2) + [1.] * (n - n // 2)) for n in lengths]
    run = HFFineTune(model(device), rows, [], Plan(STEPS, EXAMPLES, 1.0, 0))
    bare = model(device).network.train()
    optimizer = torch.optim.AdamW(bare.parameters(), lr=FULL_RATE, betas=(.9, .95), weight_decay=.01)
    spent, first = measured({"ours": lambda: run.advance()["train_loss"], "bare": lambda: bare_step(bare, optimizer, rows, device)})
    tokens = sum(lengths)
    print(f"first loss: ours {first['ours']:.5f}, bare {first['bare']:.5f}")
    print(f"{device}: ours {tokens / spent['ours']:,.0f} tok/s, bare loop {tokens / spent['bare']:,.0f} tok/s: "
          f"{spent['bare'] / spent['ours']:.2f}× (bar 0.95×)")


if __name__ == "__main__": main()
