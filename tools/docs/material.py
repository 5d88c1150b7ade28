"""What the pictures show: the packaged samples, and some conversations written for faults and long texts."""
import json

from ftbench.data.samples import sample_path


def lines(name: str, split: str = "train") -> list[dict]:
    return [json.loads(line) for line in sample_path(name, split).read_text(encoding="utf-8").splitlines()]


CLEAN = lines("routing")
SYSTEM = {"role": "system", "content": "You answer mails for a bicycle maker. Look things up with a tool before you promise anything. End with one queue label in brackets."}
TOOLS = [{"type": "function", "function": {"name": "lookup_order", "description": "Status and history of an order", "parameters": {
    "type": "object", "required": ["order_id", "history"], "properties": {"order_id": {"type": "string"}, "history": {"type": "boolean"},
                                                                        "fields": {"type": "array", "items": {"type": "string"}}}}}}]


def call(arguments: dict) -> dict:
    return {"role": "assistant", "content": None, "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "lookup_order", "arguments": json.dumps(arguments)}}]}


RESULT = {"role": "tool", "tool_call_id": "call_1", "content": json.dumps({"status": "delivered", "warranty_until": "2028-08-14", "history": [
    {"day": f"2026-05-{day:02}", "event": event} for day, event in enumerate(("ordered", "paid", "packed", "sent", "in transit", "delivered"), 2)]}, indent=1)}
SHORT = {"messages": [SYSTEM, {"role": "user", "content": "My battery stopped charging after the update. Order 48-2217. Do I get a new one?"},
                      call({"order_id": "48-2217", "history": True, "fields": ["status", "warranty_until"]}), RESULT,
                      {"role": "assistant", "content": "Your battery is under warranty until 14 August 2028, so the exchange is free.", "weight": 0},
                      {"role": "user", "content": "Good. Where do I send the old one?"},
                      {"role": "assistant", "content": "Nowhere yet: the return label is in your inbox. Pack the battery, print the label and drop both at a parcel shop. [WARRANTY]"}],
         "tools": TOOLS}
DAMAGED = {**SHORT, "messages": [SYSTEM, SHORT["messages"][1], call({"order_id": "48-2217", "history": "yes", "fields": ["status"]}), RESULT,
                                 {"role": "assistant", "content": "Your battery is under warranty. ", "weight": 2}, {"role": "robot", "content": "Good. Where do I send it?"},
                                 {"role": "assistant", "content": ""}]}
CONVERSATION = {"messages": [SYSTEM, *(message for turn in (
    ("The rack never fitted and I have sent it back already. I want my money back, not a voucher. Order 48-2190.", "I have started the refund for order 48-2190. The money is back on your card in 5 days."),
    ("Two of the spokes broke again on the first ride. Is this still under warranty?", "Yes. A mechanic near you replaces the wheel; the appointment is in your inbox."),
    ("لقد وصل الطرد متضررًا، أريد استبداله", "سنرسل لك طردًا جديدًا غدًا، ويمكنك الاحتفاظ بالقديم. [REPLACE]"),
    ("Invoice address must be the company's, please. Here is the whole thread:\n" + "\n".join(f"> {n}. as discussed in the mail of {n} May, the invoice goes to the company" for n in range(1, 30)),
     "Done: the invoice of May now names the company. [BILLING]")) for message in ({"role": "user", "content": turn[0]}, {"role": "assistant", "content": turn[1]}))]}
UNREADABLE = '{"messages": [{"role": "user", "content": "Where is my par'
PAIRS = [
    {"input": {"messages": [{"role": "user", "content": "The rack never fitted and I have sent it back already. I want my money back, not a voucher. Order 48-2190."}]},
     "preferred_output": [{"role": "assistant", "content": "I have started the refund for order 48-2190. The money is back on your card in 5 days. [REFUND]"}],
     "non_preferred_output": [{"role": "assistant", "content": "I have started a return for order 48-2190. The label is in your inbox. [RETURNS]"}]},
    {"input": {"messages": [{"role": "user", "content": "Do you ship to the Faroe Islands?"}]}, "preferred_output": [{"role": "assistant", "content": "Yes, within ten days. [DELIVERY]"}],
     "non_preferred_output": [{"role": "assistant", "content": ""}]},
    {"input": {"messages": [{"role": "user", "content": "How do I pair the display with a new battery?"}]}, "preferred_output": [{"role": "assistant", "content": "Hold both buttons for 3 s. [ADVICE]"}]}]


def mails() -> list:
    "A file as one meets it: routing and tool calls, some of it damaged."
    routing, tools = lines("routing"), lines("tools")
    found = [one for pair in zip(routing, tools) for one in pair]
    found[2:2] = [DAMAGED, SHORT]
    found[9:9] = [CONVERSATION, UNREADABLE, {"messages": [{"role": "user", "content": "asdf test test please ignore"}]}]
    for number in (14, 22, 31, 47):
        found[number] = {**found[number], "messages": [*found[number]["messages"][:-1], {**found[number]["messages"][-1], "weight": .5}]}
    for number in (18, 26): found[number] = {"messages": [*found[number]["messages"], {"role": "user", "content": "Thanks! "}]}
    return found
