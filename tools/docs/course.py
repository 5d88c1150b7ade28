"""A job and a comparison that were really made, for the pictures that show them."""
import re
from functools import cached_property
from types import SimpleNamespace

import ftbench as ft
from ftbench.evals.graders import exact, function, includes

from material import lines


class Trained:
    "Jobs on the routing sample, and what their models answer."

    def __init__(self):
        self.service, self.ds = ft.connect(), ft.sample("routing")
        self.valid, self.cases = ft.sample("routing", "validation"), ft.sample("routing", "test_wording")

    @cached_property
    def job(self): return ft.launch(self.ds, self.valid, suffix="support-v3", seed=7, service=self.service).wait(progress=False)

    @cached_property
    def overfitted(self):
        "Few examples, many epochs: what that does to the validation loss."
        few = lines("routing")[:14]
        return ft.launch(few, self.valid, suffix="by-heart", hyperparameters={"n_epochs": 8, "learning_rate_multiplier": 4}, seed=7, service=self.service).wait(progress=False)

    @cached_property
    def tone(self):
        "A short job on the sample of a tone, and the example with most tokens that it made harder."
        ds = ft.sample("marv")
        job = ft.launch(ds, suffix="marv-tone", hyperparameters={"n_epochs": 1, "learning_rate_multiplier": .2}, seed=7, service=self.service).wait(progress=False)
        losses = job.token_losses()
        harder = lambda row: sum(after - before >= .1 for before, after, weight in zip(row.before, row.after, row.weights) if weight)
        return SimpleNamespace(ds=ds, job=job, example=max(losses.itertuples(), key=harder).line - 1)

    @cached_property
    def _arms(self): return ft.arm("nano"), ft.arm("nano", shots=8, examples=self.ds), ft.arm(self.job)

    def compared(self, graders: int):
        values, wording = ft.cases(ft.sample("routing", "test_values")), ft.cases(self.cases)
        right = function(lambda sample, item: sample["output_text"].count("[") == 1, name="one label")
        return ft.compare(*self._arms, cases=[*wording, *values], graders=[exact(), includes(), right][:graders], service=self.service,
                          slices={"new values": values, "new wording": wording}, progress=False)


def part_of(job, share: float, status: str):
    "A job as it stood when so much of it was done."
    events, kept = job.events(), job.checkpoints()
    total = next(data["total_steps"] for event in events if isinstance(data := event.data, dict) and data.get("total_steps"))
    told = [event for event in events if not isinstance(event.data, dict) or event.data.get("step", 0) <= share * total]
    if share < 1: told = [event for event in told if "success" not in event.message and "New fine-tuned" not in event.message and (share or "job" in event.message)]
    told = [event for event in told if not (found := re.match(r"Checkpoint created at step (\d+)", event.message)) or int(found[1]) <= share * total]
    if not share: told = told[:2]
    # the clock stands still with the last event, or a job that is long over would seem slow
    unfinished = {"fine_tuned_model": None, "finished_at": told[-1].created_at, "trained_tokens": None}
    record = job.record.model_copy(update={"status": status, **({} if share == 1 else unfinished)})
    checkpoints = [one for one in kept if one.step_number <= share * total]
    part = SimpleNamespace(id=job.id, record=record, model=job.model, ended=status in ("succeeded", "failed"), error=None, problem=None, hyperparameters=job.hyperparameters,
                           service=job.service, events=lambda: list(told), checkpoints=lambda: checkpoints)
    part.refresh, part.follow = (lambda: part), (lambda callback: lambda: None)
    return part
