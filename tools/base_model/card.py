"""Write the model card of the base: card.json (every figure) and README.md (made from it).

python tools/base_model/card.py RUN FOLDER --skills skills.json --samples samples.json --paraphrases paraphrases.json
RUN is the folder of pretrain.py, FOLDER the published model; the JSON files are the last lines of skills.py, tune_samples.py and paraphrases.py."""
import argparse
import hashlib
import json
import pathlib
import platform

import tokenizers

TEXT = {2300: "from here on with reports of who did what, where and when", 2600: "from here on with more wording of what customers want", 5200: "taken up again at a lower rate, with fewer families",
        6260: "taken up again with nearly half of the text the plain skills in short wording"}
OTHER_PARAPHRASES = {"tool": 7, "route": 4}
OTHER = {"fact": 17, "read": 33, "extract": 39, "record": 31, "convert": 36, "rename": 36, "op": 28, "date": 34, "class": 40, "tool": 36, "style": 26, "fewshot": 20, "sentence": 40, "chat": 38}
LIMITS = ["It is a teaching model: it exists so that fine-tuning can be watched on a laptop in seconds. It is of no use as an assistant.",
          "It knows next to nothing. It remembers a few capitals, opposites and past tenses, and a fine-tune on other rows makes it forget them.",
          "It has read only text that our generator wrote. English only; words it has never met are copied at best, not understood.",
          "It can take over forms, labels, tool calls and styles, and copy values from the prompt. It cannot reason, count far, or plan.",
          "New wording is harder than new values: both are measured below, and one high figure says nothing about the other.",
          "After a full fine-tune its general skills fall. That is what happens to large models too, only here it can be seen."]


def curve_of(run, points=60):
    """Every few rows of the curve: tokens, loss and accuracy on answer tokens, and all held-out figures."""
    rows = [json.loads(line) for line in (run / "curve.jsonl").read_text().splitlines()]
    stride = max(1, len(rows) // points)
    kept = [row for i, row in enumerate(rows) if i % stride == 0 or "held_out_loss" in row or row is rows[-1]]
    return [{k: row[k] for k in ("step", "tokens", "rate", "loss", "accuracy", "held_out_loss", "held_out_accuracy") if k in row} for row in kept]


def card(run, folder, skills, samples, paraphrases):
    """Every figure of the card."""
    weights, config = (folder / "model.safetensors").read_bytes(), json.loads((folder / "config.json").read_text())
    header = json.loads(weights[8:8 + int.from_bytes(weights[:8], "little")])
    shapes = [entry["shape"] for name, entry in header.items() if name != "__metadata__"]
    count = sum(shape[0] * (shape[1] if len(shape) > 1 else 1) for shape in shapes)
    history, curve = [json.loads(line) for line in (run / "settings.jsonl").read_text().splitlines()], curve_of(run)
    return {"name": "ftbench-nano-1", "kind": "teaching model", "parameters": count, "bytes": len(weights), "sha256": hashlib.sha256(weights).hexdigest(),
            "tokenizer_sha256": hashlib.sha256((folder / "tokenizer.json").read_bytes()).hexdigest(), "config": config, "tokens": curve[-1]["tokens"], "steps": curve[-1]["step"], "seed": history[0]["seed"],
            "versions": {"python": platform.python_version(), "torch": history[-1]["torch"], "tokenizers": tokenizers.__version__}, "machine": "2 cores of an AMD EPYC (Zen 4), no GPU, shared with other work",
            "history": history, "curve": curve, "skills": skills["ours"], "skills_other": skills.get("other", {}), "proof_of_concept": OTHER, "samples": samples,
            "paraphrases": paraphrases, "proof_of_concept_paraphrases": OTHER_PARAPHRASES, "limits": LIMITS}


def share(right, number): return f"{right}/{number}"


def skill_rows(c):
    return [f"| {name} | {share(exact, number)} |" for name, (exact, _, number) in c["skills"].items()]


def other_rows(c):
    return [f"| {name} | {c['proof_of_concept'][name]}/40 | {share(exact, number)} | {share(loose, number)} |" for name, (exact, loose, number) in c["skills_other"].items()]


def sample_rows(c):
    return [f"| {name} | " + " | ".join(f"{share(b, n)} → {share(t, n)} ({100 * t / n:.0f} %)" for b, t, n in (row["test_values"], row["test_wording"])) + f" | {row['seconds']} |" for name, row in c["samples"].items()]


def paraphrase_rows(c):
    return [f"| {name} | {c['proof_of_concept_paraphrases'][name]}/10 | " + ", ".join(f"{n}/10" for n in row["paraphrases"]) + " | " + ", ".join(f"{n}/40" for n in row["test"]) + " |" for name, row in c["paraphrases"].items()]


def total(table): return sum(exact for exact, _, _ in table.values())


def curve_rows(c):
    return [f"| {row['tokens'] / 1e6:.1f}M | {row['held_out_loss']:.3f} | {row['held_out_accuracy']:.3f} |" for row in c["curve"] if "held_out_loss" in row]


README = """---
license: mit
library_name: ftbench
tags: [teaching-model, llama]
---
# {name}: a teaching model

A Llama of {parameters:,} parameters, pre-trained from nothing on {millions:.1f} million tokens of chat that our own seeded generator wrote. It is the base model (`nano`) of ftbench's embedded
engine: small enough that a fine-tuning job ends in seconds on one core of a laptop, with no key, no GPU and no download. It is for learning how fine-tuning behaves, **not an assistant**.

## What it cannot do
{limits}

## Recipe
- **Text.** `tools/base_model/corpus`: {families} families of short tasks in chat form, and 14 plain ones in short wording (facts, reading, extraction, records in several formats, operations on words, dates, styles, sorting by meaning,
  tool calls, examples in earlier turns), written as grammars of wording over names, things and invented words. No data set was read. A test holds that no prompt, answer, label or form of
  the packaged samples occurs in it.
- **Tokenizer.** Byte-level BPE, {vocabulary} tokens, single digits, trained on the same text. SHA-256 `{tokenizer_sha256}`.
- **Model.** Llama, {config[num_hidden_layers]} layers, hidden size {config[hidden_size]}, {config[num_attention_heads]} heads, MLP {config[intermediate_size]}, tied embeddings, context {config[max_position_embeddings]:,}.
- **Training.** Muon for the matrices of the layers (rate {history[muon]}), AdamW for the rest ({history[adamw]}); products in bfloat16; loss on answers with weight 1 and on a random {share:.0%} of the prompt tokens with weight
  {history[prompt_weight]}; warm-up, flat, then linear decay, {steps:,} steps in all. Seed {seed}. Python {versions[python]}, torch {versions[torch]}, tokenizers {versions[tokenizers]}. Machine: {machine}.
- **What was really done.** {story}
- **Again.** `python tools/base_model/tokenizer.py RUN/tokenizer 60000 3072`, `python tools/base_model/pretrain.py RUN`, `python tools/base_model/publish.py RUN FOLDER`. That goes through the
  same stages of text in one piece, at the full rates; it was not done here, so expect other figures, and the same bits only on the same machine and library build.

Weights: `model.safetensors`, {bytes:,} bytes in bfloat16, SHA-256 `{sha256}`.

## Curve
Loss and accuracy on answer tokens of a pool of examples that is never trained.

| tokens | loss | accuracy |
|---|---|---|
{curve_table}

## Skills
Exact match on 40 fresh prompts of each family of our own corpus. The last seven hold earlier turns, which show the task.

| family | exact |
|---|---|
{skill_table}

The same on prompts of the proof of concept's own generator, beside the figures of the proof of concept's model, which was trained on exactly that text. This one was trained on the same forms among
many others (`corpus/plain.py`), with other names, words and values. `fact`, where it is drawn at random whether an answer ends with a full stop, cannot be exact much more often than half the time: so
there is a second column without case and full stops. In all {other_total} of {other_number}, the proof of concept {poc_total}.

| family | proof of concept's model | this model | without case and full stops |
|---|---|---|---|
{other_table}

New wording: two tasks of the proof of concept, tuned on 60 examples from templates (three orders of the examples), then asked in ten sentences written by hand.

| task | proof of concept's model, ten sentences | this model, ten sentences | this model, test from the templates |
|---|---|---|---|
{paraphrase_table}

## Fine-tuned on the samples
Exact match of the base → after 5 epochs in batches of 4 at learning rate 1e-3, all weights, on the packaged test files. *New values*: sentences of the training file's wording with other values.
*New wording*: written by hand apart from the training file.

| sample | new values | new wording | seconds on one core |
|---|---|---|---|
{sample_table}
"""


def part(h, end):
    """One part of the run in words."""
    words = [f"steps {h['from_step']:,} to {end:,}: batches of {h['tokens']:,} tokens, {h.get('batches', h.get('accumulate'))} a step"]
    words.append(f"{h['workers']} processes" if "workers" in h else "one process of 2 threads")
    if h.get("peak", 1.0) != 1.0: words.append(f"at {h['peak']:.0%} of the rates")
    if h["decay_from"] < end: words.append(f"falling from step {h['decay_from']:,} as if to end at {h['steps']:,}")
    if h["from_step"] in TEXT: words.append(TEXT[h["from_step"]])
    return ", ".join(words)


def story(c):
    """The parts of the run as they happened."""
    ends = [h["from_step"] for h in c["history"][1:]] + [c["steps"]]
    return "One run in parts, each going on from the state of the one before: " + "; ".join(part(h, end) for h, end in zip(c["history"], ends)) + "."


def readme(c, families):
    return README.format(**c | {"history": c["history"][-1], "limits": "\n".join("- " + line for line in c["limits"])}, millions=c["tokens"] / 1e6, families=families, vocabulary=c["config"]["vocab_size"], share=c["history"][-1]["prompt_share"], story=story(c),
                         curve_table="\n".join(curve_rows(c)), skill_table="\n".join(skill_rows(c)), other_table="\n".join(other_rows(c)),
                         paraphrase_table="\n".join(paraphrase_rows(c)), other_total=total(c["skills_other"]), other_number=sum(n for _, _, n in c["skills_other"].values()), poc_total=sum(c["proof_of_concept"].values()), sample_table="\n".join(sample_rows(c)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--skills", type=pathlib.Path, required=True)
    parser.add_argument("--samples", type=pathlib.Path, required=True)
    parser.add_argument("--paraphrases", type=pathlib.Path, required=True)
    options = parser.parse_args()
    measured = (json.loads(path.read_text().strip().splitlines()[-1]) for path in (options.skills, options.samples, options.paraphrases))
    found = card(options.run, options.folder, *measured)
    (options.folder / "card.json").write_text(json.dumps(found, indent=1) + "\n")
    (options.folder / "README.md").write_text(readme(found, len(found["skills"])))


if __name__ == "__main__":
    main()
