"""Write a checkpoint as a Hugging Face folder (config, bfloat16 safetensors, tokenizer): python tools/base_model/publish.py RUN FOLDER"""
import json
import os
import pathlib
import sys

import torch

from model import CONFIG

GENERATION = {"bos_token_id": None, "eos_token_id": 1, "pad_token_id": 0, "do_sample": False, "max_new_tokens": 256}


def safetensors(tensors):
    """The bytes of a safetensors file of bfloat16 tensors, in the order of their names."""
    header, parts, at = {"__metadata__": {"format": "pt"}}, [], 0
    for name in sorted(tensors):
        data = tensors[name].detach().to(torch.bfloat16).contiguous().view(torch.int16).numpy().tobytes()
        header[name] = {"dtype": "BF16", "shape": list(tensors[name].shape), "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    return len(head).to_bytes(8, "little") + head + b"".join(parts)


def write(path, data):
    """Write beside and rename, so that a reader never sees half a file."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_bytes(data)
    os.replace(temporary, path)


def publish(weights, config, tokenizer_folder, folder):
    """Config, generation config, weights and tokenizer of one checkpoint."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "config.json", (json.dumps(config, indent=1) + "\n").encode())
    write(folder / "generation_config.json", (json.dumps(GENERATION, indent=1) + "\n").encode())
    for name in ("tokenizer.json", "tokenizer_config.json"):
        write(folder / name, (pathlib.Path(tokenizer_folder) / name).read_bytes())
    write(folder / "model.safetensors", safetensors(weights))


if __name__ == "__main__":
    run = pathlib.Path(sys.argv[1])
    state = torch.load(run / "state.pt", weights_only=True)
    publish(state["model"], CONFIG, run / "tokenizer", sys.argv[2])
    print("step", state["step"], "tokens", state["seen"], "->", sys.argv[2])
