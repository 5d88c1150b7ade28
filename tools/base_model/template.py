"""The chat template of the teaching model: messages to token ids and loss weights (the same form as ftbench.data.render)."""
import json

SPECIAL = ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|tools|>", "<|call|>"]
PAD, END, SYSTEM, USER, ASSISTANT, TOOL, TOOLS, CALL = range(8)
ROLE = {"system": SYSTEM, "developer": SYSTEM, "user": USER, "assistant": ASSISTANT, "tool": TOOL, "function": TOOL}


def tool_line(tool):
    """One line for one tool: name(argument, argument: a|b)."""
    function = tool["function"]
    properties = function.get("parameters", {}).get("properties", {})
    parts = [key + (": " + "|".join(str(v) for v in value["enum"]) if "enum" in value else "") for key, value in properties.items()]
    return f"{function['name']}({', '.join(parts)})"


def pieces(example):
    """The parts of an example as (special id, text, is it trained); text is None where only the special token stands."""
    if example.get("tools"):
        yield TOOLS, "\n".join(tool_line(t) for t in example["tools"]), False
        yield END, None, False
    for message in example["messages"]:
        trained = message["role"] == "assistant"
        yield ROLE[message["role"]], message.get("content") or "", trained
        for call in message.get("tool_calls", []):
            yield CALL, f"{call['function']['name']} {call['function']['arguments']}", trained
        yield END, None, trained


def render(example, encode, prompt_weight=0.0):
    """Token ids and per-token loss weights of one example; `encode` maps plain text to ids."""
    ids, weights = [], []
    for special, text, trained in pieces(example):
        weight = 1.0 if trained else prompt_weight
        ids.append(special)
        weights.append(prompt_weight if special in ROLE.values() else weight)
        if text:
            part = encode(text)
            ids += part
            weights += [weight] * len(part)
    return ids, weights


def prompt(example, encode):
    """Token ids that ask for the next assistant message."""
    return render(example, encode)[0] + [ASSISTANT]


def call(name, arguments, number=0):
    """An assistant message that calls one tool."""
    return {"role": "assistant", "content": None, "tool_calls": [{"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}]}
