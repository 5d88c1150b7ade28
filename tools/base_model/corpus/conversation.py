"""Conversations from the families: single turns, changing tasks, earlier turns as examples; the stream of the corpus."""
from . import events, facts, meaning, operations, plain, reading, talk, tools
from .grammar import Maker

FAMILY = {"fact": (facts.fact, 7), "read": (reading.read, 13), "extract": (reading.extract, 11), "record": (reading.record, 12), "convert": (reading.convert, 3), "rename": (reading.rename, 4), "op": (operations.op, 9), "date": (operations.date, 3),
          "style": (operations.style, 12), "sort": (meaning.sort, 13), "gist": (meaning.gist, 4), "same": (meaning.same, 3), "odd": (meaning.odd, 2), "happy": (meaning.happy, 3), "sentence": (talk.sentence, 4), "chat": (talk.chat, 2), "shot": (talk.shot, 4), "told": (tools.told_in_words, 2)}
# The run had five stages: the family of events was written after the first, more ways of wanting things after the second;
# the fourth keeps to fewer families, and in the last nearly half of the text is the plain skills in short wording.
FAMILY["event"] = (events.event, 16)
NAMES, FIRST, SECOND = list(FAMILY), [w if name != "event" else 0 for name, (_, w) in FAMILY.items()], [w for _, w in FAMILY.values()]
THIRD = [w + {"sort": 7, "gist": 3, "same": 2}.get(name, 0) for name, w in zip(NAMES, SECOND)]
LAST = dict(fact=9, read=12, extract=12, record=14, convert=6, rename=7, op=12, date=6, style=10, sort=26, gist=4, happy=7, sentence=4, chat=3, shot=6, event=16)
WEIGHTS = {1: FIRST, 2: SECOND, 3: THIRD, 4: [LAST.get(name, 0) for name in NAMES]}
WEIGHTS[5] = WEIGHTS[4]


def user(text): return {"role": "user", "content": text}


def assistant(text): return {"role": "assistant", "content": text}


def ordinary(m):
    """One to four turns, each with its own task; a task's instruction stands in the system message of a first turn."""
    messages = []
    for i in range(1 if m.odds(.66 if m.stage < 4 else .8) else m.between(2, 4)):
        instruction, question, answer = FAMILY[m.random.choices(NAMES, WEIGHTS[m.stage])[0]][0](m)
        if instruction and i == 0:
            messages.append({"role": "system", "content": instruction if m.odds(.85) else m.say(m.pick(talk.SYSTEM)) + " " + instruction})
        elif instruction: question = instruction + " " + question
        elif i == 0 and m.odds(.2): messages.append({"role": "system", "content": m.say(m.pick(talk.SYSTEM))})
        messages += [user(question), assistant(str(answer))]
        if instruction and i == 0: break
    return {"messages": messages}


def kept_style(m):
    """One style instruction in the system message, kept over several turns of questions."""
    (ways, _), slots = operations.styled(m, "", None)
    choice, instruction = m.pick(range(3)), m.say(m.pick(ways), **slots)
    lead = slots["w"]
    frame = [lambda a: f"{lead} {a}", lambda a: f"{a} {slots['e']}", lambda a: f"{lead}: {a}"][choice]
    instruction = [m.say("[Begin|Start] every answer with <w>.", w=lead), m.say("[End|Finish] every answer with <e>", e=slots["e"]), m.say("Use the form <w>: answer.", w=lead)][choice]
    messages = [{"role": "system", "content": instruction}]
    for _ in range(m.between(2, 4)):
        question, answer = facts.question(m)[:2] if m.odds(.5) else reading.read(m)[1:]
        messages += [user(question), assistant(frame(answer))]
    return {"messages": messages}


def repeated(m):
    """The same task over several turns (same wording, new values), as in a file of examples."""
    name = m.pick(["read", "extract", "record", "op", "date", "sort", "rename", "fact"])
    messages = []
    for _ in range(m.between(2, 6)):
        instruction, question, answer = FAMILY[name][0](m)
        messages += [user((instruction + "\n" if instruction else "") + question), assistant(str(answer))]
    return {"messages": messages}


def framed(m):
    """Questions about texts whose answers carry an unexplained frame, shown by the earlier turns."""
    lead, tail = m.pick([m.pseudo().capitalize(), "Well", "My dear", "So", m.v_word().capitalize()]), m.pick([m.pseudo(), m.say("<word> <word>"), "you see", "that is it", m.say("for the <animal>")])
    form = m.pick(["{l}, {a}. {t}!", "{l}: {a}", "{a} ({t})", "{l} {a}, {t}.", "<{a}> {t}", "{a}. {l}?", "{t}; {a}; {l}"])
    messages = [{"role": "system", "content": m.say(m.pick(talk.SYSTEM))}] if m.odds(.4) else []
    for _ in range(m.between(3, 12)):
        if m.stage > 1 and m.odds(.6): _, question, answer = events.event(m)
        else: _, question, answer = (reading.read if m.odds(.5) else reading.extract)(m) if m.odds(.7) else facts.fact(m)
        messages += [user(question), assistant(form.format(l=lead, a=answer, t=tail))]
    return {"messages": messages}


def by_example(m):
    """Earlier turns show a rule or labels; nothing explains them."""
    messages, r, shots = [], m.chance(), m.between(3, 10) if m.odds(.7) else m.between(8, 18)
    if r < .5:
        instruction, pairs = meaning.sort_by_example(m, shots)
        if instruction: messages.append({"role": "system", "content": instruction})
        messages += [x for q, a in pairs for x in (user(q), assistant(a))]
    elif r < .75:
        rule = talk.pattern(m)
        lead = m.pick(["", "", m.v_word() + ": "])
        for x in (m.v_phrase() for _ in range(shots)): messages += [user(lead + x), assistant(rule(x))]
    else: return framed(m)
    return {"messages": messages}


def mapped(m):
    """Earlier turns (or a legend) show what each word of a closed set turns into, inside a fixed form with a copied value."""
    keys = [m.v_word() for _ in range(m.between(2, 4))]
    codes = {k: m.pick([m.pseudo(), m.pseudo().upper()[:3] + str(m.between(1, 9)), m.v_word()]) for k in keys}
    ask = m.pick(["{k} for {v}", "Please, {k}, {v}.", "{v} wants {k}", "I need the {k} in {v}", "{v}: {k}"])
    form = m.pick(["{c} {v}", "{v}/{c}", '{{"a": "{c}", "b": "{v}"}}', "{c}({v})", "{c}; {v}"])
    value, messages = m.pick(["first", "city", "number", "time", "code"]), []
    if m.odds(.4): messages.append({"role": "system", "content": ", ".join(f"{k} = {c}" for k, c in codes.items())})
    for k in m.shuffled(keys) + [m.pick(keys) for _ in range(m.between(1, 5))]:
        v = m.value(value)
        messages += [user(ask.format(k=k, v=v)), assistant(form.format(c=codes[k], v=v))]
    return {"messages": messages}


def shown_record(m):
    """Records whose form and keys only the earlier turns show; the keys are often invented."""
    keys = m.sample(list(reading.MATTER), m.between(1, 4))
    names = {k: m.pseudo() if m.odds(.5) else k for k in keys}
    how, lead, messages = m.pick(list(reading.HOW)), m.pick(["", "", m.v_word().upper() + " | "]), []
    for _ in range(m.between(3, 10)):
        values = {k: m.value(reading.MATTER[k][0]) for k in keys}
        answer = lead + reading.formatted({names[k]: values[k] for k in keys}, how)
        messages += [user(reading.prose(m, values, .6)), assistant(answer)]
    return {"messages": messages}


def called_by_example(m):
    """Earlier turns show how a tool wants its arguments: codes for words, values copied."""
    schema, verb, noun, _ = tools.tool(m)
    properties = schema["function"]["parameters"]["properties"]
    words = m.sample(tools.W.ROOM if m.odds(.4) else tools.W.THING, m.between(2, 5))
    codes = dict(zip(words, m.pick([[f"{m.pick('abcdefgxyz')}{n}" for n in range(9)], [m.pseudo() for _ in words], [m.pseudo().upper()[:3] for _ in words]])))
    key = m.pick(["zone", "target", "part", "kind", "where"])
    properties[key] = {"type": "string", "enum": list(codes.values())} if m.odds(.7) else {"type": "string"}
    asks = [m.say(w, v=verb, n=noun) for w in ("[the <n> in the {k}, <v> it|<v> the <n>, {k}]", "[please <v> the <n> for the {k}|{k}: <v> the <n>]", "[I want you to <v> the {k} <n>|can you <v> the <n> ({k})?]")]
    messages = []
    for number in range(m.between(3, 9)):
        word = m.pick(words)
        values = {k: codes[word] if k == key else tools.fresh(m, k, s) for k, s in properties.items()}
        told = "".join(m.say(m.pick(tools.TELL), k=k, v=v) for k, v in values.items() if k != key)
        messages += [user(m.pick(asks).replace("{k}", word) + told), tools.calling(schema["function"]["name"], values, number)]
    return {"tools": [schema], "messages": messages}


KIND = [(ordinary, 62), (tools.talk, 14), (by_example, 9), (repeated, 4), (kept_style, 3), (mapped, 2), (shown_record, 3), (called_by_example, 3)]
LAST_KIND = [(ordinary, 70), (tools.talk, 17), (by_example, 5), (repeated, 2), (kept_style, 1), (mapped, 1), (shown_record, 2), (called_by_example, 3)]


def example(m):
    """One example of the corpus, in OpenAI's chat format."""
    m.fake = m.pick([.1, .25, .4])
    if m.stage > 4 and m.odds(.6): return plain.plain(m)
    makers, shares = zip(*(KIND if m.stage < 4 else LAST_KIND))
    return m.random.choices(makers, shares)[0](m)


def stream(seed, stage=5):
    """The corpus of a seed, without end."""
    m = Maker(seed, stage)
    while True:
        yield example(m)
