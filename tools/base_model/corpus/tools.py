"""Tool calls: schemas with plain and enum arguments, several tools, results that come back, and requests that no tool fits."""
import json

from . import words as W

VERBS = {"get": "[get|give me|show me|tell me]", "set": "[set|change|put]", "find": "[find|look for|search]", "book": "[book|reserve]", "send": "[send|mail|pass on]", "add": "[add|put in|note]", "open": "[open|start]", "play": "[play|start]",
         "list": "[list|show]", "check": "[check|look at]", "cancel": "[cancel|call off]", "order": "[order|buy]", "create": "[create|make]", "update": "[update|change]", "turn": "[turn|switch]", "remove": "[remove|delete]", "rent": "[rent|hire]", "move": "[move|bring]"}
NOUNS = "lamp light door music table room flight train ticket meeting reminder alarm timer message note list order weather route price stock heating blind window song movie recipe taxi hotel car bike contact event task invoice account report file photo parcel appointment lesson course seat".split()
PLAIN = {"city": "city", "name": "name", "person": "first", "item": "thing", "product": "thing", "count": "count", "amount": "number", "day": "day", "time": "time", "date": "date", "text": "phrase", "email": "email", "phone": "phone", "code": "code", "title": "title",
         "minutes": "minutes", "street": "street", "color": "color", "company": "company", "from": "city", "to": "city", "team": "team", "food": "food", "people": "small", "price": "amount", "topic": "subject", "place": "room", "guest": "name", "quantity": "small", "start": "clock", "number": "number"}
ENUM = {"room": W.ROOM, "state": ["on", "off"], "unit": ["celsius", "fahrenheit"], "size": ["small", "medium", "large"], "level": ["low", "medium", "high"], "priority": ["low", "normal", "urgent"], "mode": ["auto", "eco", "boost", "silent"], "color": W.COLOR, "device": "lamp fan heater radio television oven speaker camera".split(),
        "day": W.DAY, "language": W.LANGUAGE, "class": ["economy", "business", "first"], "direction": ["up", "down", "left", "right"], "payment": ["cash", "card", "transfer"], "format": ["pdf", "csv", "html"], "meal": ["breakfast", "lunch", "dinner"], "vehicle": W.VEHICLE, "sport": W.SPORT, "material": W.MATERIAL, "animal": W.ANIMAL}
NUMBERS = {"count", "amount", "minutes", "people", "quantity", "number"}


def argument(m, key):
    """(schema, value) of one argument; enum lists are a random part of a longer one, sometimes of invented words."""
    if key in ENUM and (key not in PLAIN or m.odds(.5)):
        options = [m.pseudo() for _ in range(4)] if m.odds(.12) else m.sample(ENUM[key], min(len(ENUM[key]), m.between(2, 6)))
        return {"type": "string", "enum": options}, m.pick(options)
    value = m.value(PLAIN[key])
    return ({"type": "integer"}, int(value)) if key in NUMBERS else ({"type": "string"}, value)


def tool(m):
    """(schema, verb, noun, values)"""
    verb, noun = m.pick(list(VERBS)), (m.pseudo() if m.odds(.25) else m.pick(NOUNS))
    keys = m.sample(list(PLAIN | ENUM), m.between(1, 3))
    if m.stage > 2 and m.odds(.2): verb, keys = m.pick(["turn", "set", "update"]), ["state", *m.sample(["room", "minutes", "device", "place", "time", "person"], m.between(0, 2))]
    made = {k: argument(m, k) for k in keys}
    name = m.pick([f"{verb}_{noun}", f"{verb}_{noun}", f"{noun}_{verb}", f"{verb}{noun.capitalize()}"])
    schema = {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {k: s for k, (s, _) in made.items()}, "required": keys}}}
    return schema, verb, noun, {k: v for k, (_, v) in made.items()}


TELL = ["[, |. ]<k> <v>", " with <k> <v>", " (<k>: <v>)", "[, |. |; ]the <k> is <v>", ", <k> = <v>", " and <k> <v>", ". <k>: <v>", ", <v> for the <k>", " using <v> as <k>", ". Take <v> as <k>", ", <k> should be <v>"]
NATURAL = {"city": " in <v>", "room": " in the <v>", "place": " in the <v>", "day": " on <v>", "date": " on <v>", "time": " at <v>", "start": " at <v>", "person": " for <v>", "name": " for <v>", "guest": " for <v>", "people": " for <v> people", "from": " from <v>", "to": " to <v>", "minutes": " for <v> minutes",
           "email": " to <v>", "color": " in <v>", "state": " <v>", "language": " in <v>", "payment": ", paid by <v>", "format": " as <v>", "title": " called <v>", "size": ", <v> size", "company": " by <v>", "vehicle": " by <v>", "material": " made of <v>", "meal": " at <v>", "class": " in <v> class", "text": " saying <v>", "street": " at <v>", "price": " for <v>"}
LEAD = ["[Please |Could you |Can you |I want to |I need to |Would you |Kindly |Hey, |Go and |You should |I would like you to |Now |Let us ||]<v> [the|a|my|] <n>", "<n> to <v>", "[About the <n>: <v> it|The <n>, please <v> it]", "[It is time to|Do not forget to|Help me to] <v> the <n>"]


STATE = {"on": "[Please |Could you |Can you |I want you to |Go and ||][start|power up|activate|enable|switch on|turn on|put on|get going|wake|run] [the|my|that] <n>;[We need|I need|I would like|Let us have] the <n>[ running| going| now|];<n> on;[The <n> should run|The <n> may stay on|The <n> has to work]",
         "off": "[Please |Could you |Can you |I want you to |Go and ||][stop|shut off|kill|shut down|disable|deactivate|switch off|turn off|cut|end|silence] [the|my|that] <n>;[No more|Enough of the|Away with the|We do not need the|Nobody needs the] <n>[ now|];<n> off;[The <n> must stop|The <n> is still running, stop it|The <n> can rest]"}
STATE = {state: ways.split(";") for state, ways in STATE.items()}


def request(m, verb, noun, values):
    if m.stage > 2 and values.get("state") in STATE and m.odds(.7):
        text, values = m.say(m.pick(STATE[values["state"]]), n=noun), {k: v for k, v in values.items() if k != "state"}
    else: text = m.say(m.pick(LEAD[:1] if m.odds(.7) else LEAD), v=m.say(VERBS[verb]), n=noun).replace("  ", " ")
    for k, v in m.shuffled(values.items()):
        way = NATURAL[k] if k in NATURAL and m.odds(.6) else m.pick(TELL)
        text += m.say(way, k=k.replace("_", " "), v=v)
    text = text.strip() + m.pick([".", ".", "", ", please.", "?", "!", ", thanks."])
    return m.pick([text[0].upper() + text[1:], text])


NONE = ["I have no tool for that.", "None of my tools can do that."]


def calling(name, arguments, number):
    return {"role": "assistant", "content": None, "tool_calls": [{"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}}]}


def result(m, number):
    """A tool result and the answer that tells it."""
    kind = m.between(0, 3)
    if kind == 0: return m.pick(["ok", "done", '{"ok": true}', '{"status": "done"}']), m.pick(["Done.", "It is done."])
    if kind == 1: return m.say('{"error": "<x>"}', x=(x := m.pick(["not found", "no access", "closed", "sold out", "timeout"]))), f"Sorry, that did not work: {x}."
    key = m.pick(["price", "time", "city", "name", "count", "code", "date", "weight"])
    v = m.value(key)
    return json.dumps({key: v}, ensure_ascii=False), f"The {key} is {v}."


def talk(m):
    """A whole conversation with tools."""
    made = {}
    for _ in range(m.between(1, 4)):
        t = tool(m)
        made[t[0]["function"]["name"]] = t
    made = list(made.values())
    messages, system = [], m.pick([None, None, None, "Use the tools.", "You can call tools.", "You are an assistant with tools.", "Call a tool when one fits."])
    if system: messages.append({"role": "system", "content": system})
    for number in range(1 if m.odds(.7) else 2):
        if m.odds(.12):
            other = tool(m)
            if all(other[2] != t[2] for t in made):
                messages += [{"role": "user", "content": request(m, *other[1:])}, {"role": "assistant", "content": NONE[0]}]
                continue
        schema, verb, noun, _ = m.pick(made)
        values = {k: fresh(m, k, s) for k, s in schema["function"]["parameters"]["properties"].items()}
        messages += [{"role": "user", "content": request(m, verb, noun, values)}, calling(schema["function"]["name"], values, number)]
        if m.odds(.35):
            told, answer = result(m, number)
            messages += [{"role": "tool", "tool_call_id": f"call_{number}", "content": told}, {"role": "assistant", "content": answer}]
    return {"tools": [t[0] for t in made], "messages": messages}


def fresh(m, key, schema):
    if "enum" in schema: return m.pick(schema["enum"])
    value = m.value(PLAIN[key])
    return int(value) if schema["type"] == "integer" else value


def told_in_words(m):
    """Tools listed in the system message, call as JSON in the content: the older way, kept small."""
    made = [tool(m) for _ in range(m.between(1, 3))]
    schema, verb, noun, values = m.pick(made)
    listing = "; ".join(f"{t[0]['function']['name']}({', '.join(t[3])})" for t in made)
    return m.say("[Functions|You can use|Available]: <l>", l=listing), request(m, verb, noun, values), json.dumps({"function": schema["function"]["name"], "parameters": values}, ensure_ascii=False)
