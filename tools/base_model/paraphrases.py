"""New wording beside the proof of concept: its two tasks tuned on 60 examples, then asked in ten sentences that no template made.

python tools/base_model/paraphrases.py FOLDER --tasks FILE
FILE is the proof of concept's tasks.py: get(name, number, tests, seed) gives training and test examples."""
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")   # before numpy is loaded

import argparse
import importlib.util
import json
import pathlib
import sys

from ftbench.data.render import NANO
from ftbench.engine.nano.finetune import FineTune
from ftbench.engine.run import Plan
from ftbench.engine.nano.llama import Model
from skills import answers

SEEDS = (0, 1, 2)   # of the order of the training examples; one run of a hundred steps says little
DEVICES = [("Switch off the heater in the office please.", "heater", "office", "off"), ("I want the kitchen lamp on.", "lamp", "kitchen", "on"), ("The oven in the kitchen should be off.", "oven", "kitchen", "off"),
           ("Could you turn the bedroom fan on?", "fan", "bedroom", "on"), ("It is cold in the studio, heater on.", "heater", "studio", "on"), ("Stop the radio in the garage.", "radio", "garage", "off"),
           ("television off in the attic", "television", "attic", "off"), ("Start the camera in the garden!", "camera", "garden", "on"), ("Make sure the speaker in the hallway is off.", "speaker", "hallway", "off"),
           ("Power on the lamp, the one in the basement.", "lamp", "basement", "on")]
MAILS = [("You billed me two times for my order.", "BILLING"), ("The tracking says my box is lost.", "SHIPPING"), ("The screen is black and it will not boot.", "TECHNICAL"), ("How can I delete my account?", "ACCOUNT"), ("I was charged too much.", "BILLING"),
         ("When will the parcel arrive?", "SHIPPING"), ("It shows an error when I press the button.", "TECHNICAL"), ("My password does not work.", "ACCOUNT"), ("Please send me the invoice again.", "BILLING"), ("The delivery is late.", "SHIPPING")]
ASKED = {"tool": [(q, {"device": d, "room": r, "state": s}) for q, d, r, s in DEVICES], "route": [(q, f"[{label}]") for q, label in MAILS]}


def task_maker(file):
    sys.path.insert(0, str(pathlib.Path(file).parent))   # tasks.py imports its neighbour corpus.py, not ours
    ours = {name: sys.modules.pop(name) for name in [*sys.modules] if name.split(".")[0] == "corpus"}
    spec = importlib.util.spec_from_file_location("other_tasks", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules.update(ours)
    return module.get


def tuned(folder, examples, seed):
    model = Model.load(folder)
    rendered = [NANO.render(example, model.tokenizer) for example in examples]
    run = FineTune(model, [(r.ids, r.weights) for r in rendered], [], Plan(5, 4, 1.0, seed))
    while run.step < run.total_steps: run.advance()
    return model


def meant(name, content):
    """What an answer says: a label as it stands, a call by its arguments."""
    if name == "route": return content
    try: return json.loads(content).get("arguments")
    except (ValueError, AttributeError): return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--tasks", required=True)
    options = parser.parse_args()
    get, table = task_maker(options.tasks), {}
    for name, asked in ASKED.items():
        train, test = get(name, 60, 40, 5)
        rows = []
        for seed in SEEDS:
            model = tuned(options.folder, train, seed)
            again = answers(model, test)
            fresh = answers(model, [{"messages": [{"role": "user", "content": q}, {"role": "assistant", "content": ""}]} for q, _ in asked])
            rows.append((sum(a.get("content") == e["messages"][-1]["content"] for a, e in zip(again, test)), sum(meant(name, a.get("content")) == want for a, (_, want) in zip(fresh, asked))))
        table[name] = {"test": [row[0] for row in rows], "paraphrases": [row[1] for row in rows]}
        print(name, table[name], flush=True)
    print(json.dumps(table))


if __name__ == "__main__":
    main()
