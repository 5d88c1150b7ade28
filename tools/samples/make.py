"""Write the sample data sets: python tools/samples/make.py (seeded; the files under ftbench/samples are its output)."""
import json
import pathlib
import random

import marv
import routing
import tools

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "ftbench" / "samples"
SOURCES = {"marv": marv, "routing": routing, "tools": tools}
SEED = 12


def prompt_of(row):
    return tuple(m["content"] for m in row["messages"] if m["role"] == "user")


def distinct(files):
    """Leave out rows whose prompt stands already in an earlier file or earlier in the same file."""
    seen, kept = set(), {}
    for split in ("train", "validation", "test_values", "test_wording"):
        kept[split] = [row for row in files[split] if not (prompt_of(row) in seen or seen.add(prompt_of(row)))]
    return kept


def main():
    for name, source in SOURCES.items():
        files = distinct(source.make(random.Random(SEED)))
        for split, rows in files.items():
            if split == "train": random.Random(SEED).shuffle(rows)
            path = FOLDER / name / f"{split}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        print(name, {split: len(rows) for split, rows in files.items()})


if __name__ == "__main__":
    main()
