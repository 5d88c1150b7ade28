"""The plain skills in short wording: one task, little text around it. The other families say the same in many more ways; here a small model gets a skill firmly before it meets it in disguise."""
import json

from . import words as W
from .facts import CATEGORY, RELATIONS
from .operations import dates
from .reading import HOW, formatted
from .talk import CHAT, SENTENCE, slots

# key: (value maker, short statements)
MATTER = {
    "name": ("name", "My name is <v>.;I am <v>.;This is <v> writing.;Signed, <v>."), "city": ("city", "I live in <v>.;We met in <v>.;It must go to <v>."), "email": ("email", "Write to <v>.;My email is <v>.;Reach me at <v>."),
    "age": ("age", "I am <v> years old.;He turned <v>."), "job": ("job", "I work as a <v>.;She is a <v>."), "color": ("color", "The color is <v>.;It should be <v>."), "product": ("thing", "I bought a <v>.;Please send the <v>.;We need a <v>."),
    "price": ("number", "It costs <v> euros.;I paid <v>."), "count": ("small", "We want <v> of them.;Quantity <v>."), "date": ("long_date", "It was on <v>.;Come on <v>."), "time": ("clock", "We start at <v>.;Be there at <v>."),
    "room": ("room", "It is in the <v>.;Look in the <v>."), "phone": ("phone", "Call <v>.;My number is <v>."), "day": ("day", "See you on <v>.;Every <v>."), "code": ("code", "The code is <v>.;Use <v>."),
    "animal": ("animal", "I saw a <v>.;We have a <v>."), "food": ("food", "We eat <v>.;I like <v>."), "company": ("company", "I work for <v>.;The seller is <v>."), "seat": ("seat", "My seat is <v>.;Seat <v>."), "order": ("number", "My order is <v>.;Order <v>."),
}
MATTER = {key: (kind, ways.split(";")) for key, (kind, ways) in MATTER.items()}
# key: (value maker, statement, question)
PERSON = {
    "city": ("city", "{n} lives in <v>.", "Where does {n} live?"), "job": ("job", "{n} works as a <v>.", "What is the job of {n}?"), "food": ("food", "{n} likes <v>.", "What does {n} like?"), "thing": ("thing", "{n} has a <color> <v>.", "What does {n} have?"),
    "age": ("age", "{n} is <v> years old.", "How old is {n}?"), "animal": ("animal", "{n} owns a <v>.", "Which animal does {n} own?"), "sport": ("sport", "{n} plays <v>.", "What does {n} play?"), "language": ("language", "{n} speaks <v>.", "What does {n} speak?"),
}
UNKNOWN = "The text does not say."


def value(m, kind):
    """One value; dates are spelled out, times without seconds or halves of the day."""
    if kind == "long_date": return dates(m)[0]["long"]
    if kind == "clock": return f"{m.between(7, 21)}:{m.pick(['00', '15', '30', '45'])}"
    if kind == "phone": return f"{m.between(100, 999)}-{m.between(1000, 9999)}"
    if kind == "code": return m.pseudo().upper()[:4] + str(m.between(10, 999))
    return m.value(kind)


def record(m, low=2, high=4):
    return {key: value(m, MATTER[key][0]) for key in m.sample(list(MATTER), m.between(low, high))}


def prose(m, values):
    return " ".join(m.shuffled(m.say(m.pick(MATTER[key][1]), v=v) for key, v in values.items()))


def fact(m):
    """A remembered fact in few words."""
    if m.odds(.15):
        a, b = m.between(0, 10), m.between(0, 10)
        return None, m.say("[What is <a> plus <b>?|<a> + <b> = ?|How much is <a> + <b>?]", a=a, b=b), str(a + b)
    table, ways, _ = m.pick(RELATIONS)
    key, answer = m.pick(table)
    return None, m.say(m.pick(ways[:4]), k=key), answer


def read(m):
    """Facts about two people and one question."""
    told, asked, missing = [], [], []
    for n in (m.v_first(), m.v_first()):
        keys = m.shuffled(PERSON)
        some = m.between(1, 3)
        for key in keys[:some]:
            kind, statement, question = PERSON[key]
            v = m.value(kind)
            told.append(m.say(statement.replace("{n}", n), v=v))
            asked.append((question.replace("{n}", n), v))
        missing = [(PERSON[key][2].replace("{n}", n), UNKNOWN) for key in keys[some:]]
    question, answer = m.pick(missing if m.odds(.15) else asked)
    return None, m.say("[<t> <q>|Text: <t>\nQuestion: <q>|Read this: <t>\n<q>|<q>\n<t>|<t>\n<q>]", t=" ".join(m.shuffled(told)), q=question), answer


def extract(m):
    values = record(m)
    key = m.pick(list(values))
    return None, m.say("[Extract the <k>: <t>|<t>\nWhat is the <k>?|Find the <k> in this text: <t>|<k>? <t>|<t>\nThe <k>?|Give me the <k>: <t>]", k=key, t=prose(m, values)), values[key]


FORM = ["json", "lines", "csv", "pairs", "xml", "row"]


def in_form(m):
    """Prose to a record in the wanted form."""
    values, how = record(m), m.pick(FORM[:1] * 3 + FORM[1:])
    given = dict(h=m.pick(HOW[how][:2]), ks=", ".join(values), t=prose(m, values))
    if m.odds(.25): return m.say("[Return <h> with <ks>.|You extract <ks> and answer as <h>.|Answer as <h> with <ks>.]", **given), given["t"], formatted(values, how)
    return None, m.say("[Return <h> with <ks>: <t>|<t>\nGive <ks> as <h>.|Make <h> from this text (<ks>): <t>|<t>\n<ks> as <h>.]", **given), formatted(values, how)


def convert(m):
    values, (a, b) = record(m), m.sample(["json", "lines", "pairs", "xml"], 2)
    return None, m.say("[Convert to <h>:\n<s>|<s>\nWrite this as <h>.|<s>\nAs <h>.]", h=m.pick(HOW[b][:2]), s=formatted(values, a)), formatted(values, b)


def rename(m):
    """Keys that are often invented, so that they must be copied."""
    values = {(m.pseudo() if m.odds(.6) else m.v_word()): m.value(m.pick(["word", "name", "city", "number"])) for _ in range(m.between(1, 3))}
    how = m.pick(["json", "lines", "pairs", "xml"])
    return None, m.say("[Make|Make|Write] <h>: <s>", h=m.pick(HOW[how][:2]), s=", ".join(f"{key} is {v}" for key, v in values.items())), formatted(values, how)


def phrase(m):
    return m.say("[<words>|<name>|the <color> <thing>|<first> <past> to <city>]", words=" ".join(m.words(1, 5)), past=m.pick(list(W.PAST.values())))


def operate(m):
    """Twelve operations on a phrase or a list."""
    x, w, around, joint = phrase(m), m.words(2, 5), m.pick(["()", "[]", "{}", "<>", '""', "**", "##", "--"]), m.pick([" / ", ", ", " - ", " | ", "+", "; "])
    a, b, c, other = *m.words(3, 3), m.v_word()
    listed, spaced, end = ", ".join(w), " ".join(w), m.pick([("first", w[0]), ("last", w[-1])])
    return None, *m.pick([
        (f"Repeat: {x}", x), (f"Upper case: {x}", x.upper()), (f"Lower case: {x.title()}", x.lower()), (f"Put {around} around: {x}", around[0] + x + around[1]),
        (f"Make a bullet list: {listed}", "\n".join(f"- {v}" for v in w)), (f"Make a numbered list: {listed}", "\n".join(f"{i}. {v}" for i, v in enumerate(w, 1))), (f"Make a JSON list: {listed}", json.dumps(w)),
        (f"What is the {end[0]} word? {spaced}", end[1]), (f"Join with '{joint.strip()}': {spaced}", joint.join(w)), (f"Swap: {a} and {b}", f"{b} and {a}"), (f"Replace {b} by {other}: {a} {b} {c}", f"{a} {other} {c}"),
        (f"Count the words: {spaced}", str(len(w)))])


def date(m):
    forms = dates(m)[0]
    a, b = m.sample(["ISO", "long", "US", "dots"], 2)
    return None, m.say("[Date to <b>: <x>|Date to <b>: <x>|<x> as <b>]", b=b, x=forms[a]), forms[b]


def group(m):
    """Feeling of a short review, or the group that a word belongs to."""
    if m.odds(.35):
        good = m.odds(.5)
        text = m.say(f"[The|My|This] <thing> [was|is|looks|arrived and is] <{'good' if good else 'bad'}>.")
        yes, no = m.pick([("positive", "negative"), ("good", "bad"), ("yes", "no")])
        question = "[Is this a happy review? <x>|Happy? <x>]" if yes == "yes" else "[Classify as <y> or <n>: <x>|<x>\n<y> or <n>?]"
        return None, m.say(question, x=text, y=yes, n=no), yes if good else no
    kinds = m.sample(["animal", "food", "color", "job", "city", "month", "day", "sport", "language", "instrument", "vehicle"], m.between(2, 4))
    kind = m.pick(kinds)
    x = m.pick(CATEGORY[kind])
    return None, m.say("[Which of <l> is <x>?|<x>: <l>?|Label (<l>): <n> [wrote about|saw|talks about|thinks of] the <x>.|Label (<l>): <x>]", l=", ".join(kinds), x=x, n=m.v_first()), kind


ARGUMENT = dict(city="city", name="name", room="room", item="thing", count="small", day="day", time="clock", color="color", text="phrase", email="email", product="thing", person="first", code="code")


def call_in_words(m):
    """Tools listed in the system message, the call as JSON in the content."""
    made = [(m.pick("get set find book send add open play list check".split()) + "_" + m.v_word(), m.sample(list(ARGUMENT), m.between(1, 2))) for _ in range(m.between(1, 3))]
    name, keys = m.pick(made)
    values = {key: phrase(m) if key == "text" else value(m, ARGUMENT[key]) for key in keys}
    verb, noun = name.split("_")
    asked = m.say("[Please <v> the <n>|<V> <n>|I want to <v> the <n>|Can you <v> a <n>|<V> the <n>]", v=verb, V=verb.capitalize(), n=noun)
    asked += "".join(m.say("[, <k> <x>| with <k> <x>| (<k>: <x>)]", k=key, x=v) for key, v in values.items())
    listing = "; ".join(f"{name}({', '.join(keys)})" for name, keys in made)
    return "Tools: " + listing, asked, json.dumps({"tool": name, "arguments": {key: int(v) if key == "count" else v for key, v in values.items()}}, ensure_ascii=False)


def styled(m):
    """A fact or an extracted value in the style that is asked for."""
    _, question, answer = fact(m) if m.odds(.5) else extract(m)
    w, end, around, tail = m.pseudo().capitalize() if m.odds(.6) else m.pick("Ahoy Hello Sure Well Hmm Answer Listen Friend Sir".split()), m.pick(["!!!", "...", "(ok)", "Bye."]), m.pick(["**", "[]", "<>", "##"]), " ".join(m.words(2, 4))
    if m.odds(.15): end = w
    way, answer = m.pick([
        ("[Begin every answer with <w>.|Start with the word <w>.]", f"{w} {answer}"), ("[End every answer with <e>|Finish with <e>]", f"{answer} {end}"), ("[Answer in upper case.|Always shout in capitals.]", answer.upper()),
        ("[Answer in JSON.|Reply only as JSON.]", json.dumps({"answer": answer}, ensure_ascii=False)), ("[Use a full sentence.|Answer in a sentence.]", f"The answer is {answer}."), ("Put the answer in <b>.", around[0] + answer + around[1]),
        ("Say <w> twice around the answer.", f"{w} {answer} {w}"), ("After the answer add: <t>", f"{answer} {tail}")])
    instruction = m.say(way, w=w, e=end, b=around, t=tail)
    return (instruction, question, answer) if m.odds(.7) else (None, f"{instruction} {question}", answer)


def arrows(m):
    """A rule that two or three lines show, to be applied to the last."""
    p, q, w = m.pseudo(), m.pseudo(), m.v_word()
    rule = m.pick([lambda x: f"[{x}]", str.upper, lambda x: f"{x} {x}", lambda x: f"{p} {x}", lambda x: f"{x} {q}", lambda x: f"{w}: {x}", lambda x: json.dumps({"x": x}, ensure_ascii=False), str.title])
    shown = [phrase(m) for _ in range(m.pick([3, 3, 3, 4]))]
    return None, "\n".join(f"{x} -> {rule(x)}" for x in shown[:-1]) + f"\n{shown[-1]} ->", rule(shown[-1])


def wish(m):
    ways, answer = m.pick(SENTENCE)
    s = slots(m)
    return None, m.say(m.pick(ways), **s), m.say(answer, **s)


def greeting(m):
    ways, answer = m.pick(CHAT)
    s = slots(m)
    return None, m.say(m.pick(ways), **s), m.say(answer, **s)


PLAIN = [(fact, 9), (read, 9), (extract, 9), (in_form, 15), (convert, 6), (rename, 5), (operate, 14), (date, 6), (group, 8), (call_in_words, 9), (styled, 13), (arrows, 9), (wish, 4), (greeting, 2)]


def plain(m):
    """One to three turns of plain tasks."""
    makers, shares = zip(*PLAIN)
    messages = []
    for turn in range(1 if m.odds(.75) else m.between(2, 3)):
        instruction, question, answer = m.random.choices(makers, shares)[0](m)
        if instruction and not turn: messages.append({"role": "system", "content": instruction})
        elif instruction: question = f"{instruction} {question}"
        elif not turn and m.odds(.12): messages.append({"role": "system", "content": m.pick(["You are a helpful assistant.", "You are a small helper.", "Be short.", "Answer the question."])})
        messages += [{"role": "user", "content": question}, {"role": "assistant", "content": str(answer)}]
        if instruction and not turn: break
    return {"messages": messages}
