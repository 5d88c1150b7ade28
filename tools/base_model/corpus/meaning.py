"""Families about what a message means: sorting into labels that the prompt gives, the gist of a message, same or other meaning."""
from .facts import CATEGORY
from .intents import CUSTOMER, SETS
from .more_ways import MORE
from .reading import filler


def utter(m, kind, intent):
    """One message with this intent, said in some way, with or without sentences around it."""
    ways = SETS[kind][intent][1]
    if m.stage > 2 and kind == "customer" and intent in MORE and m.odds(.5): ways = MORE[intent]
    thing = m.thing_phrase() if m.odds(.3) else m.v_thing()
    text = m.say(m.pick(ways), t=thing)
    if kind == "customer":
        r = m.chance()
        if r < .2: text = m.say("[I bought a <t> [last week|on <day>|from you].|My order is <order>.|I ordered a <t> [online|on <day>].|It is about the <t>.|I have a question about the <t>.] ", t=thing) + text
        elif r < .28: text += " " + m.say(m.pick(ways), t=thing)
        if m.odds(.3): text = filler(m, 1)[0] + " " + text
        if m.odds(.2): text += " " + filler(m, 1)[0]
        if m.odds(.12): text = m.say("[Hello, |Hi, |Excuse me, |Sorry, |Please help: |Quick question: |Subject: ]") + text
    return m.noisy(text), thing


def names(m, kind, intents):
    """A label for each intent: a plain name, an invented word, a letter or a number; with how it is explained."""
    style, table = m.chance(), SETS[kind]
    plain = {i: m.pick(table[i][0]) for i in intents}
    if style < (.55 if m.stage < 4 else .72): return plain, ", ".join(plain.values())
    if style < .65: return {i: v.upper() for i, v in plain.items()}, ", ".join(v.upper() for v in plain.values())
    if style < .72: return {i: v.replace(" ", "_") for i, v in plain.items()}, ", ".join(v.replace(" ", "_") for v in plain.values())
    if style < .82: labels = {i: m.pseudo() for i in intents}
    elif style < .9: labels = dict(zip(intents, "ABCDEFGH"))
    elif style < .95: labels = {i: str(n + 1) for n, i in enumerate(intents)}
    else: labels = {i: m.pseudo()[:3].upper() + str(m.between(1, 9)) for i in intents}
    sign = m.pick([" = ", ": ", " for ", " means "])
    return labels, m.pick([", ", "; ", "\n"]).join(f"{labels[i]}{sign}{plain[i]}" for i in intents)


SORT = ["[Classify|Label|Sort|File] [this message|this|the text] [as|into|with] one of: <l>\n<x>", "<x>\n[Which label fits|Which of these is it|What is it about|Which group]? <l>", "[Labels|Groups|Classes|Choose from]: <l>\n[Text|Message|Mail]: <x>",
        "<x>\n\n[Options|Possible labels]: <l>", "[Label|Group] (<l>): <x>", "[Choose|Pick] [one|a label|the best label]: <l>. <x>", "[Is this|What is this]: <l>? <x>"]
SORT_SYSTEM = ["[Classify|Sort|Label] [each|every] message: <l>", "[Answer|Reply] with one [label|word|group]: <l>", "You sort messages. [Groups|Labels]: <l>", "[Tell which kind it is|Choose the kind]: <l>. [Only the label|Nothing else]."]


def pool(m):
    kind = m.pick(["customer", "customer", "customer", "topic", "review", "wish"])
    table = list(SETS[kind])
    return kind, m.sample(table, m.between(2, min(7 if m.stage < 4 else 6, len(table))))


def sort(m):
    if m.odds(.15 if m.stage < 4 else .3):
        kinds = m.sample(list(CATEGORY), m.between(2, 5))
        k = m.pick(kinds)
        return None, m.say("[Which of <l> is <x>?|Label (<l>): <x>|<x>: <l>?|<l>? <x>|Is <x> [one of|any of] <l>? Which?]", l=", ".join(kinds), x=m.pick(CATEGORY[k])), k
    kind, intents = pool(m)
    labels, told = names(m, kind, intents)
    intent = m.pick(intents)
    text, _ = utter(m, kind, intent)
    if m.odds(.35): return m.say(m.pick(SORT_SYSTEM), l=told), text, labels[intent]
    return None, m.say(m.pick(SORT), l=told, x=text), labels[intent]


def sort_by_example(m, shots):
    """A labelling task whose labels are never explained: only earlier examples show them. Returns system and (text, label) pairs."""
    kind, intents = pool(m)
    form = m.pick(["{}", "{}", "label: {}", "<{}>", "-> {}", "{}!", "#{}", "({})", "{{{}}}", "type={}", "*{}*"])
    labels = {i: form.format(m.pick([m.pseudo(), m.pick(SETS[kind][i][0]), m.pseudo().upper()])) for i in intents}
    order = m.shuffled(intents * (1 + shots // len(intents)))[:shots]
    order.append(m.pick(order))
    return m.pick([None, None, "Label the message.", "Sort the messages.", "Classify.", "Same labels as before."]), [(utter(m, kind, i)[0], labels[i]) for i in order]


def gist(m):
    """What the writer wants, in plain words."""
    intent = m.pick(list(CUSTOMER))
    text, thing = utter(m, "customer", intent)
    words = CUSTOMER[intent][1].format(t=thing if thing in text else "order")
    return None, m.say("[<x>\nWhat does the [customer|writer] want?|What is this mail about? <x>|[Sum up|Summarize|In one sentence]: <x>|<x>\n[Gist|Summary], please.|What is the point? <x>]", x=text), f"The customer {words}."


def same(m):
    """Do two messages want the same?"""
    kind = m.pick(["customer", "customer", "topic", "review", "wish"])
    a, other = m.sample(list(SETS[kind]), 2)
    b = a if m.odds(.5) else other
    slots = dict(a=utter(m, kind, a)[0], b=utter(m, kind, b)[0], yes="yes" if a == b else "no")
    return None, m.say("[Do these [mean|want|say] the same[ kind of thing|]?|Same [topic|kind|subject]?|Are these two alike?]\n[1. |A: |- ]<a>\n[2. |B: |- ]<b>", **slots), slots["yes"]


def odd(m):
    """Which of some messages has another kind, or which matches a description."""
    kind = m.pick(["customer", "topic", "wish"])
    intents = m.sample(list(SETS[kind]), m.between(2, 4))
    texts = [utter(m, kind, i)[0] for i in intents]
    i = m.between(0, len(intents) - 1)
    return None, m.say("[Which [line|number|message] is about|Find the [number|line] with] [the topic |]<l>?\n<x>", l=m.pick(SETS[kind][intents[i]][0]), x="\n".join(f"{n + 1}. {t}" for n, t in enumerate(texts))), str(i + 1)


def happy(m):
    """Feeling of a review, in the label pair of the prompt."""
    good = m.odds(.5)
    text, _ = utter(m, "review", "good" if good else "bad")
    if m.odds(.3):
        q = m.odds(.5)
        return None, m.say("[Is this a <w> review?|Does the writer sound <w>?|<w>?] <x>", w=m.pick(["happy", "positive", "good"]) if q else m.pick(["bad", "negative", "unhappy"]), x=text), "yes" if q == good else "no"
    a, b = m.pick([("positive", "negative"), ("good", "bad"), ("+", "-"), ("happy", "unhappy"), (m.pseudo(), m.pseudo())])
    told = f"{a} or {b}" if len(a) < 9 and a in "positive good + happy".split() else f"{a} (good) or {b} (bad)"
    return None, m.say("[[Classify as|Label as|Is it] <l>: <x>|<x>\n<l>?|[Review|Text]: <x>\n[Answer|Say] <l>.]", l=told, x=text), a if good else b
