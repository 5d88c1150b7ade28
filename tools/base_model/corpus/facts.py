"""Small facts in many phrasings. Few on purpose: a model of this size remembers little, and says so in its card."""
from . import words as W

RELATIONS = [
    (W.CAPITAL, "[What|Which city] is the capital of <k>?;Capital of <k>?;[Tell me|Name|Give me] the capital of <k>.;What is <k>'s capital[ city|]?;<k>: what is the capital?;The capital of <k> is;I forgot the capital of <k>. What is it?;Do you know the capital of <k>?",
     "The capital of {k} is {v}."),
    (W.OPPOSITE, "What is the opposite of <k>?;Opposite of <k>?;[Give|Tell me|Name] the opposite of <k>.;What is the contrary of <k>?;Which word is the opposite of <k>?;Not <k> but", "The opposite of {k} is {v}."),
    (W.SOUND, "[What sound|Which sound|What noise] does a <k> make?;How does a <k> sound?;What does a <k> say?;The sound of a <k>?", "A {k} makes the sound {v}."),
    (W.YOUNG, "What is a young <k> called?;What do you call a [baby|young] <k>?;Name for a baby <k>?;A baby <k> is a", "A young {k} is called a {v}."),
    (W.COLOR_OF, "[What|Which] color is <k>?;[Which|What] color has <k>?;What is the color of <k>?;Color of <k>?;Tell me the color of <k>.", "The color of {k} is {v}."),
    (W.PAST, "What is the past tense of <k>?;Past tense of <k>?;[Give|Tell me] the past tense of <k>.;What is the past of <k>?;Simple past of <k>?", "The past tense of {k} is {v}."),
]
RELATIONS = [(list(table.items()), ways.split(";"), sentence) for table, ways, sentence in RELATIONS]
CATEGORY = dict(animal=W.ANIMAL, food=W.FOOD, color=W.COLOR, job=W.JOB, city=W.CITY, month=W.MONTH, day=W.DAY, sport=W.SPORT, language=W.LANGUAGE, instrument=W.INSTRUMENT, thing=W.THING, country=list(W.CAPITAL), material=W.MATERIAL, vehicle=W.VEHICLE, room=W.ROOM, name=W.FIRST)


def counted(m):
    """Sums, neighbours of months and days, comparisons."""
    k = m.between(0, 4)
    if k == 0:
        a, b = m.between(0, 12), m.between(0, 12)
        return m.say(m.pick(["What is <a> plus <b>?", "<a> + <b> = ?", "How much is <a> + <b>?", "Add <a> and <b>.", "<a>+<b>", "What is the sum of <a> and <b>?"]), a=a, b=b), str(a + b), f"The sum is {a + b}."
    if k == 1:
        a, b = sorted(m.sample(range(0, 13), 2))
        return m.say(m.pick(["What is <b> minus <a>?", "<b> - <a> = ?", "How much is <b> - <a>?", "Take <a> from <b>."]), a=a, b=b), str(b - a), f"The difference is {b - a}."
    if k == 2:
        table, kind = m.pick([(W.MONTH, "month"), (W.DAY, "day")])
        i, word, step = m.between(0, len(table) - 1), *m.pick([("after", 1), ("before", -1)])
        v = table[(i + step) % len(table)]
        return m.say(m.pick(["[What|Which] <kind> comes <w> <x>?", "[Name|Tell me] the <kind> <w> <x>.", "What is the <kind> <w> <x>?"]), kind=kind, w=word, x=table[i]), v, f"The {kind} {word} {table[i]} is {v}."
    if k == 3:
        i = m.between(0, 11)
        return (m.say(m.pick(["What number is the month <x>?", "Which number has <x>?", "<x> is month number"]), x=W.MONTH[i]), str(i + 1), f"{W.MONTH[i]} is month number {i + 1}.") if m.odds(.5) else (
            m.say(m.pick(["Which month has number <x>?", "What is month number <x>?", "Name month <x>."]), x=i + 1), W.MONTH[i], f"Month number {i + 1} is {W.MONTH[i]}.")
    a, b = m.sample(range(1, 1000), 2)
    word, v = m.pick([("bigger", max(a, b)), ("smaller", min(a, b))])
    return m.say(m.pick(["[Which|What] is <w>, <a> or <b>?", "[Which|What] number is <w>: <a> or <b>?"]), w=word, a=a, b=b), str(v), f"The {word} number is {v}."


def question(m):
    """(question, short answer, answer as a sentence)"""
    r = m.chance()
    if r < .2: return counted(m)
    if r < .3:
        kind = m.pick(list(CATEGORY))
        x = m.pick(CATEGORY[kind])
        return m.say(m.pick(["What kind of word is <x>?", "[Is <x> a thing, a name or something else?|Say what <x> is.] [Only the kind|What kind]?", "To which group belongs <x>?", "What kind of thing is <x>?"]), x=x), kind, f"{x} is of the kind {kind}."
    table, ways, sentence = m.pick(RELATIONS) if m.odds(.6) else RELATIONS[0]
    k, v = m.pick(table)
    return m.say(m.pick(ways), k=k), v, sentence.format(k=k, v=v)


def fact(m):
    q, a, sentence = question(m)
    if m.odds(.15): return None, m.say(m.pick(["[Answer in|Use|Reply with|Give] a [full |whole |]sentence[.|:] <q>", "<q> [Answer in|Use|Reply with] a [full |whole |]sentence."]), q=q), sentence
    return None, m.noisy(q), a
