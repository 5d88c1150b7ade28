"""Pre-train the teaching model on generated chat; resumable at any step.

python tools/base_model/pretrain.py RUN [--steps N] [--decay-from N] [--workers N] [--no-compile]
RUN holds tokenizer/ (see tokenizer.py); state.pt, curve.jsonl and settings.jsonl are written there. Run again to go on.
Each worker is a process of one thread and takes its share of a step's batches: on a busy machine that wastes far less than threads that wait for each other."""
import argparse
import json
import os
import pathlib
import tempfile
import time

import torch
import torch.distributed as distributed

import batches
import model as architecture

SETTINGS = dict(seed=29, pool=3000, tokens=3072, batches=2, context=1024, prompt_weight=0.3, prompt_share=0.3,
                steps=9300, decay_from=8000, warm_up=100, muon=0.02, adamw=4e-3, floor=0.01, clip=1.0, peak=1.0, held_out_pool=-1, second_stage=37, third_stage=42, fourth_stage=82, fifth_stage=102)
PERIOD = dict(log=20, save=100, held_out=200)


def optimizers(model, settings):
    """Muon for the matrices of the layers, AdamW for the embedding and the norms; with their base rates."""
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    others = [p for name, p in model.named_parameters() if p.ndim < 2 or "embed" in name]
    return [(torch.optim.Muon(matrices, lr=settings["muon"], momentum=0.95, weight_decay=0.01), settings["muon"]),
            (torch.optim.AdamW(others, lr=settings["adamw"], betas=(0.9, 0.95), weight_decay=0.0, fused=True), settings["adamw"])]


def rate(step, s):
    """Share of the base learning rate at a step: warm-up, flat, linear decay."""
    if step < s["warm_up"]: return (step + 1) / s["warm_up"]
    return max(s["floor"], s["peak"] * min(1.0, (s["steps"] - step) / (s["steps"] - s["decay_from"])))


class Run:
    """Everything that a step changes, and its file."""

    def __init__(self, folder, settings, config, compiled=False, worker=0, workers=1):
        self.folder, self.settings, self.worker, self.workers = pathlib.Path(folder), settings, worker, workers
        torch.manual_seed(settings["seed"])
        self.model = architecture.Llama(config)
        self.optimizers = optimizers(self.model, settings)
        self.step, self.seen, self.place = 0, 0, (0, 0)
        if (self.folder / "state.pt").exists(): self.load()
        self.encode = batches.encoder(self.folder / "tokenizer")
        self.stream = batches.stream(settings, self.encode, self.place)
        self.fast = torch.compile(self.model.hidden, dynamic=True) if compiled else self.model.hidden

    def load(self):
        state = torch.load(self.folder / "state.pt", weights_only=True)
        self.model.load_state_dict(state["model"])
        for (optimizer, _), saved in zip(self.optimizers, state["optimizers"]): optimizer.load_state_dict(saved)
        self.step, self.seen, self.place = state["step"], state["seen"], tuple(state["place"])

    def save(self):
        """Write the state beside and rename: a run killed at any instant goes on from a whole file."""
        state = dict(model=self.model.state_dict(), optimizers=[o.state_dict() for o, _ in self.optimizers], step=self.step, seen=self.seen, place=self.place, config=self.model.config, settings=self.settings)
        torch.save(state, self.folder / "state.new")
        os.replace(self.folder / "state.new", self.folder / "state.pt")

    def advance(self):
        """One optimizer step; returns loss and accuracy on answer tokens before the update."""
        parts = [next(self.stream) for _ in range(self.settings["batches"])]
        total = sum(float(w[:, 1:].sum()) for _, _, w in parts)
        share = rate(self.step, self.settings)
        for optimizer, base in self.optimizers:
            for group in optimizer.param_groups: group["lr"] = base * share
        measured = []
        for _, ids, weights in parts[self.worker::self.workers]:
            loss, losses, hits, w = self.model.loss(ids, weights, self.fast)
            (loss / total).backward()
            measured.append((losses[w == 1], hits[w == 1]))
        if self.workers > 1: self.add_up()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings["clip"])
        for optimizer, _ in self.optimizers: optimizer.step()
        self.model.zero_grad(set_to_none=True)
        self.step, self.place = self.step + 1, parts[-1][0]
        self.seen += sum(int((ids != batches.PAD).sum()) for _, ids, _ in parts)
        return torch.cat([m[0] for m in measured]).mean().item(), torch.cat([m[1] for m in measured]).float().mean().item()

    def add_up(self):
        """The gradient of all workers' batches, the same in each worker."""
        gradients = [p.grad for p in self.model.parameters()]
        flat = torch.cat([g.reshape(-1) for g in gradients])
        distributed.all_reduce(flat)
        for g, part in zip(gradients, flat.split([g.numel() for g in gradients])): g.copy_(part.view_as(g))

    @torch.no_grad()
    def held_out(self, rows=12):
        """Loss and accuracy on answer tokens of a pool that is never trained."""
        found = [self.model.loss(ids, weights)[1:] for ids, weights in batches.batches(self.settings, self.settings["held_out_pool"], self.encode)[:rows]]
        losses, hits = (torch.cat([f[k][f[2] == 1] for f in found]) for k in (0, 1))
        return losses.mean().item(), hits.float().mean().item()


def record(run, measured, started, first):
    """Append one line to the curve and print it with the time that is left."""
    row = dict(step=run.step, tokens=run.seen, rate=round(rate(run.step, run.settings), 4), loss=round(sum(m[0] for m in measured) / len(measured), 4), accuracy=round(sum(m[1] for m in measured) / len(measured), 4), seconds=round(time.time() - started, 1))
    if run.step % PERIOD["held_out"] == 0: row["held_out_loss"], row["held_out_accuracy"] = (round(v, 4) for v in run.held_out())
    with open(run.folder / "curve.jsonl", "a") as curve: curve.write(json.dumps(row) + "\n")
    per_step = (time.time() - started) / (run.step - first)
    print(time.strftime("%H:%M:%S"), row, f"{per_step:.2f} s/step, ends {time.strftime('%H:%M', time.localtime(time.time() + per_step * (run.settings['steps'] - run.step)))}", flush=True)


def train(run, until=None):
    """Steps until the end of the schedule, or until a given step."""
    started, first, measured = time.time(), run.step, []
    until = until or run.settings["steps"]
    while run.step < until:
        measured.append(run.advance())
        if run.worker: continue
        if run.step % PERIOD["log"] == 0:
            record(run, measured, started, first)
            measured = []
        if run.step % PERIOD["save"] == 0 or run.step == until: run.save()


def work(worker, options, settings):
    """One worker process; the first writes the files."""
    torch.set_num_threads(1)
    if options.workers > 1: distributed.init_process_group("gloo", init_method=f"file://{options.meeting}", rank=worker, world_size=options.workers)
    run = Run(options.run, settings, architecture.CONFIG, not options.no_compile, worker, options.workers)
    if worker == 0:
        with open(run.folder / "settings.jsonl", "a") as log: log.write(json.dumps(dict(settings, from_step=run.step, workers=options.workers, torch=torch.__version__, compiled=not options.no_compile)) + "\n")
        print(sum(p.numel() for p in run.model.parameters()), "parameters, from step", run.step, flush=True)
        if run.step == 0: run.save()
    train(run)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("--steps", type=int, default=SETTINGS["steps"])
    parser.add_argument("--decay-from", type=int, default=SETTINGS["decay_from"])
    parser.add_argument("--peak", type=float, default=SETTINGS["peak"], help="share of the base rates at the flat part; lower when a finished run is taken up again")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-compile", action="store_true", help="do without a C++ compiler; slower")
    options = parser.parse_args()
    settings = dict(SETTINGS, steps=options.steps, decay_from=options.decay_from, peak=options.peak)
    with tempfile.TemporaryDirectory() as folder:
        options.meeting = os.path.join(folder, "meeting")
        if options.workers == 1: work(0, options, settings)
        else: torch.multiprocessing.spawn(work, (options, settings), options.workers)


if __name__ == "__main__":
    main()
