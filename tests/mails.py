"""Small examples, and files of them."""
import json
from collections.abc import Iterable
from pathlib import Path
from random import Random


def talk(question: str, answer: str = "Fine.", **more) -> dict:
    "An example with one question and its answer; `more` belongs to the answer."
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer, **more}]}


def write_examples(path: Path, examples: Iterable) -> Path:
    "Write a JSONL file; a text among the examples is a line as it stands."
    path.write_text("".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in examples))
    return path


def spelled(text: str, rng: Random, plain: int) -> str:
    "A text as JSON spells it between quotes, its characters as they are (`plain` times as often) or escaped in either case."
    pieces = []
    for char in text:
        unescaped = json.dumps(char, ensure_ascii=False)[1:-1]
        units = char.encode("utf-16-be").hex()
        escaped = "".join(f"\\u{units[at:at + 4]}" for at in range(0, len(units), 4))
        pieces.append(rng.choice([unescaped] * plain + [escaped, escaped.upper().replace("\\U", "\\u")]))
    return "".join(pieces)


def line_with(spelling: str) -> str:
    "The line of an example, with a text that JSON has spelled."
    return f'{{"messages": [{{"role": "user", "content": "{spelling}"}}]}}'
