"""Exact match of a base model by family of the corpus, on prompts that it has not seen.

python tools/base_model/skills.py FOLDER [--other FILE] [--number 40] [--show]
--other measures the families of another generator beside ours: a Python file with class G(seed) and methods t_NAME() -> (system, question, answer)."""
import argparse
import importlib.util
import json

from corpus.conversation import FAMILY, called_by_example, by_example, framed, kept_style, mapped, shown_record
from corpus.grammar import Maker
from corpus.tools import talk
from ftbench.data.render import NANO, parse_answer
from ftbench.engine.nano.generate import generate
from ftbench.engine.nano.llama import Model

SEED = 31337   # the training pools have other seeds
WHOLE = {"tools": talk, "labels by example": by_example, "frame by example": framed, "style over turns": kept_style, "codes by example": mapped, "records by example": shown_record, "calls by example": called_by_example}


def as_example(system, question, answer):
    first = [{"role": "system", "content": system}] if system else []
    return {"messages": [*first, {"role": "user", "content": question}, {"role": "assistant", "content": str(answer)}]}


def ours(number):
    """Fresh examples by family: the last message is the wanted answer."""
    found = {}
    for name, (make, _) in FAMILY.items():
        m = Maker(f"skills {SEED} {name}")
        found[name] = [as_example(*make(m)) for _ in range(number)]
    for name, make in WHOLE.items():
        m = Maker(f"skills {SEED} {name}")
        found[name] = [make(m) for _ in range(number)]
    return found


def others(file, number):
    """The same from another generator."""
    spec = importlib.util.spec_from_file_location("other_corpus", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    maker = module.G(SEED)
    names = [name for name in vars(module.G) if name.startswith("t_")]
    return {name[2:]: [as_example(*getattr(maker, name)()) for _ in range(number)] for name in names}


def essence(message):
    """What must be equal: the content and each call's name and arguments."""
    calls = [(c["function"]["name"], c["function"]["arguments"]) for c in message.get("tool_calls") or ()]
    return message.get("content") or "", calls


def answers(model, examples, max_tokens=120):
    """The model's message for each example, greedily decoded."""
    tokenizer = model.tokenizer
    prompts = [NANO.prompt(e["messages"][:-1], e.get("tools"), tokenizer) for e in examples]
    return [parse_answer(a.tokens, tokenizer) for a in generate(model, prompts, max_tokens)]


def measure(model, families, show=False):
    """Right answers of each family: {family: (exact, the same without case and final stop, number)}."""
    table = {}
    for name, examples in families.items():
        examples = [e for e in examples if len(NANO.prompt(e["messages"][:-1], e.get("tools"), model.tokenizer)) < 900]
        got = answers(model, examples)
        exact = [essence(a) == essence(e["messages"][-1]) for a, e in zip(got, examples)]
        loose = [json.dumps(essence(a)).lower().replace(".", "") == json.dumps(essence(e["messages"][-1])).lower().replace(".", "") for a, e in zip(got, examples)]
        table[name] = (sum(exact), sum(loose), len(examples))
        if show:
            for a, e in [(a, e) for a, e, x in zip(got, examples, exact) if not x][:3]:
                print(f"  {name}: {e['messages'][-2].get('content')!r}\n    wanted {essence(e['messages'][-1])}\n    got    {essence(a)}")
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--other")
    parser.add_argument("--number", type=int, default=40)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    model, tables = Model.load(options.folder), {}
    for title, families in (("ours", ours(options.number)), *([("other", others(options.other, options.number))] if options.other else [])):
        tables[title] = measure(model, families, options.show)
        print(title, " ".join(f"{name} {exact}/{number}" + (f" (loosely {loose})" if loose > exact else "") for name, (exact, loose, number) in tables[title].items()))
    print(json.dumps(tables))


if __name__ == "__main__":
    main()
