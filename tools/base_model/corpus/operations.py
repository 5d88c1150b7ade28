"""Families that change a text by rule: operations on words, dates, and answers in a wanted style."""
import json

from . import words as W
from .facts import question
from .reading import extract, read

AROUND = ["()", "[]", "{}", "<>", '""', "''", "**", "##", "--", "__", "||", "~~"]


def lists(m):
    """Operations on a list of words: (ways to ask, slots, answer)."""
    w = m.words(2, 6)
    joined = m.pick([", ", " ", "; ", " and "]).join(w)
    sep = m.pick([" / ", ", ", " - ", " | ", "+", "; ", " and ", " > "])
    i = m.between(0, len(w) - 1)
    which = ["first", "second", "third", "fourth", "fifth", "sixth"][i]
    return m.pick([
        (["[Make|Write|Give] a bullet list: <x>", "[As|Turn into] bullet points: <x>", "<x>\n[As a bullet list|Bullets], please."], "\n".join("- " + v for v in w)),
        (["[Make|Write] a numbered list: <x>", "Number these: <x>", "<x>\nAs a numbered list."], "\n".join(f"{n + 1}. {v}" for n, v in enumerate(w))),
        (["[Make|Write|Give] a JSON list: <x>", "<x>\nAs a JSON array.", "JSON array of: <x>"], json.dumps(w)),
        (["[Join|Connect] with '<s>': <x>", "[Put|Write] '<s>' between: <x>"], sep.join(w)),
        (["What is the last word? <x>", "<x>\n[Which|What] word is the last?", "[Give|Return] the last word: <x>"], w[-1]),
        (["What is the <n> word? <x>", "<x>\n[Which|What] word is the <n>?", "[Give|Return] the <n> word: <x>"], w[i]),
        (["[Count the words|How many words]: <x>", "How many words are there? <x>"], str(len(w)) if joined.count(" and ") == 0 else None),
        (["[Reverse|Turn round] the order: <x>", "<x>\nBackwards, please."], ", ".join(w[::-1])),
        (["[Sort by alphabet|Sort]: <x>", "Put in alphabetical order: <x>"], ", ".join(sorted(w))) if len(w) < 4 else (["[One per line|Each on its own line|Split into lines]: <x>"], "\n".join(w)),
    ]), dict(x=joined, s=sep.strip(), n=which)


def texts(m):
    """Operations on a phrase."""
    x = m.v_phrase()
    b, w, y = m.pick(AROUND), m.v_word(), m.words(3, 4)
    lead = m.pick([w.capitalize(), m.pseudo(), "Note", m.v_first()])
    return m.pick([
        (["[Repeat|Copy|Say|Echo]: <x>", "[Repeat|Say] after me: <x>", "<x>\n[Repeat that|Copy this line].", "[Write|Print] exactly this: <x>"], dict(x=x), x),
        (["[Upper case|In capitals|Capitals|Make it upper case|Shout]: <x>", "<x>\n[In upper case|In capital letters], please."], dict(x=x), x.upper()),
        (["[Lower case|Make it lower case|In small letters]: <x>", "<x>\nIn lower case, please."], dict(x=x.title()), x.lower()),
        (["[Put|Set|Write] <b> around: <x>", "[Wrap|Enclose] in <b>: <x>", "<x>\nPut <b> around this."], dict(x=x, b=b), f"{b[0]}{x}{b[1]}"),
        (["[Swap|Exchange|Switch]: <a> and <c>", "<a> and <c>, the other way round"], dict(a=y[0], c=y[1]), f"{y[1]} and {y[0]}"),
        (["Replace <a> by <w>: <x>", "[Put|Use] <w> instead of <a>: <x>", "<x>\n[Change|Replace] <a> [to|by|with] <w>."], dict(a=y[1], w=w, x=" ".join(y)), " ".join(w if v == y[1] else v for v in y)),
        (["[Begin|Start] with '<l>': <x>", "[Put|Write] <l> in front of: <x>"], dict(x=x, l=lead), f"{lead} {x}"),
        (["[End|Finish] with '<l>': <x>", "[Put|Write|Add] <l> after: <x>", "Add <l> at the end: <x>"], dict(x=x, l=lead), f"{x} {lead}"),
        (["[Say|Write] <n> times: <a>", "[Repeat|Say] <a> <n> times."], dict(a=w, n=(n := m.between(2, 4))), " ".join([w] * n)),
        (["[Remove|Delete|Drop|Leave out] <a>: <x>", "<x>\nWithout <a>."], dict(a=y[1], x=" ".join(y)), " ".join(v for v in y if v != y[1])),
        (["[Spell|Spell out]: <a>", "Letters of <a>, with dashes?"], dict(a=w), "-".join(w)),
        (["[Write with capital first letters|Title case]: <x>"], dict(x=x.lower()), x.lower().title()),
    ])


def op(m):
    if m.odds(.45):
        (ways, answer), slots = lists(m)
        if answer is None: return op(m)
    else: ways, slots, answer = texts(m)
    return None, m.say(m.pick(ways), **slots), answer


def dates(m):
    """Forms of one date by their names."""
    d, mo, y = m.triple()
    name = W.MONTH[mo - 1]
    return {"ISO": f"{y}-{mo:02d}-{d:02d}", "long": f"{d} {name} {y}", "US": f"{name} {d}, {y}", "dots": f"{d:02d}.{mo:02d}.{y}", "slashes": f"{mo:02d}/{d:02d}/{y}", "short": f"{d} {name[:3]} {y}"}, (d, name, y)


def date(m):
    forms, (d, name, y) = dates(m)
    a, b = m.sample(list(forms), 2)
    if m.odds(.2):
        k, v = m.pick([("day", d), ("month", name), ("year", y)])
        return None, m.say("[What is the <k> of <x>?|<x>: which <k>?|Give the <k>: <x>]", k=k, x=forms[a]), str(v)
    return None, m.say("[Date to <b>: <x>|Write the date as <b>: <x>|<x> in <b> form|Convert the date <x> to <b>.|<x>\nAs <b> date, please.|Change <x> to the <b> form.]", b=b, x=forms[a]), forms[b]


def styled(m, answer, sentence):
    """(instructions, answer in that style)"""
    w = m.pseudo().capitalize() if m.odds(.5) else m.pick("Ahoy Hello Sure Well Hmm Answer Listen Friend Sir Aha Indeed Look Fine Okay Boss Captain Dear Madam Psst Result".split())
    ending, tail, b = m.pick(["!!!", "...", "(ok)", "Bye.", w, "- done", "<3", "Over."]), " ".join(m.words(2, 4)), m.pick(AROUND)
    return m.pick([
        (["[Begin|Start|Open] every [answer|reply] with <w>.", "[Start|Begin] with the word <w>.", "[Say|Write] <w> first, then the answer.", "Your answers begin with <w>."], f"{w} {answer}"),
        (["[End|Finish|Close] every [answer|reply] with <e>", "[Finish|End] with <e>", "[Put|Write] <e> at the end of each answer"], f"{answer} {ending}"),
        (["[Answer|Reply|Speak] in upper case.", "Always shout in capitals.", "[Use|Write] capital letters only.", "CAPITALS ONLY."], answer.upper()),
        (["[Answer|Reply] in lower case.", "[Use|Write] small letters only."], answer.lower()),
        (["[Answer|Reply] [in|as|only as] JSON.", "Your replies are JSON objects with the key answer."], json.dumps({"answer": answer}, ensure_ascii=False)),
        (["[Reply|Answer] as JSON with the key <p>.", "JSON only, key <p>."], json.dumps({tail.split()[0]: answer}, ensure_ascii=False)),
        (["[Use|Give] a [full |whole |]sentence.", "[Answer|Reply] in a [full |]sentence."], sentence or f"The answer is {answer}."),
        (["[Put|Write|Set] the answer in <b>.", "[Wrap|Enclose] every answer in <b>."], f"{b[0]}{answer}{b[1]}"),
        (["Say <w> twice around the answer.", "[Put|Write] <w> before and after the answer."], f"{w} {answer} {w}"),
        (["After the answer add: <t>", "[Answer, then write|Close each reply with]: <t>"], f"{answer} {tail}"),
        (["Before the answer [write|say]: <t>", "[First write|Every reply starts with]: <t>"], f"{tail} {answer}"),
        (["[Put|Use] the form <w>: answer.", "[Answer|Reply] like this: <w>: ..."], f"{w}: {answer}"),
        (["[Say|Write|Give] the answer twice.", "Repeat every answer."], f"{answer} {answer}"),
        (["[Answer|Reply] in two lines: first <w>, then the answer."], f"{w}\n{answer}"),
    ]), dict(w=w, e=ending, t=tail, b=b, p=tail.split()[0])


def style(m):
    r = m.chance()
    if r < .4: q, a, sentence = question(m)
    else: (_, q, a), sentence = (extract(m) if r < .7 else read(m)), None
    (ways, answer), slots = styled(m, a, sentence)
    instruction = m.say(m.pick(ways), **slots)
    if m.odds(.6): return instruction, q, answer
    return None, m.say("[<i> <q>|<q>\n<i>|<i>\n<q>|<q> (<i>)]", i=instruction, q=q), answer
