"""Families that find values in a text: reading, extraction, records in several formats, format conversion, renamed keys."""
import json

from .relations import FILLER, MATTER, PERSON

def filler(m, n):
    return [m.say(m.pick(FILLER)) for _ in range(n)]


def person_facts(m):
    """Statements about one to three people: (person, key, value, sentence, question)."""
    names = list({m.v_first() if m.odds(.7) else m.v_name() for _ in range(m.between(1, 3))})
    facts = []
    for n in names:
        for key in m.sample(list(PERSON), m.between(1, 3)):
            kind, statements, questions = PERSON[key]
            v = m.value(kind)
            facts.append((n, key, v, m.say(m.pick(statements).replace("{n}", n), v=v), m.say(m.pick(questions).replace("{n}", n))))
    return m.shuffled(facts), names


ASK = ["<t> <q>", "<t>\n<q>", "<t>\n\n<q>", "[Text|Story|Note|Passage|Context]: <t>\n[Question|Q]: <q>", "Read this: <t>\n<q>", "<q>\n<t>", "<q> [Text|Here is the text|Look here]: <t>",
       "[Answer from the text|Use only the text|Look it up in the text]. <t> <q>", "[Here is a note|I got this message|This is what I know]: <t> <q>", "\"<t>\"\n<q>", "Question: <q>\nText: <t>"]
UNKNOWN = "The text does not say."


def read(m):
    facts, names = person_facts(m)
    chosen = m.pick(facts)
    sentences = [f[3] for f in facts]
    if m.odds(.3): sentences.insert(m.between(0, len(sentences)), filler(m, 1)[0])
    question, answer = chosen[4], chosen[2]
    if m.odds(.12):
        free = [k for k in PERSON if all(k != f[1] or f[0] != chosen[0] for f in facts)]
        question, answer = m.say(m.pick(PERSON[m.pick(free)][2]).replace("{n}", chosen[0])), UNKNOWN
    return None, m.say(m.pick(ASK), t=" ".join(sentences), q=m.noisy(question)), answer


def matter(m, low=2, high=5):
    """A record of keys and values, in random order."""
    return {k: m.value(MATTER[k][0]) for k in m.sample(list(MATTER), m.between(low, high))}


def prose(m, record, extra=.35):
    """The record told as a message, sometimes with sentences that do not matter."""
    sentences = m.shuffled(m.say(m.pick(MATTER[k][1]), v=v) for k, v in record.items())
    if m.odds(extra):
        for s in filler(m, m.between(1, 3)): sentences.insert(m.between(0, len(sentences)), s)
    return (" " if m.odds(.85) else "\n").join(sentences)


EXTRACT = ["[Extract|Find|Get|Give me|Copy|Pick out|Pull out|Return] the <k>[ from this text| from the message| from this| only|]: <t>", "<t>\n[What is the <k>?|Which <k> is it?|<k>?|Give the <k>.|The <k>, please.|I need the <k>.]", "<k>? <t>",
           "[Find|Look for] the <k> in [this text|this message|the mail|the note]: <t>", "[Please |]tell me the <k>. <t>", "[Message|Mail|Text|Note]: <t>\n[Field|Wanted|Extract]: <k>", "[In the next message, what is the <k>?|What <k> is named here?] <t>", "<t> -> <k>"]


def extract(m):
    record = matter(m)
    key = m.pick(list(record))
    text = prose(m, record)
    if m.odds(.5): return None, m.say(m.pick(ASK), t=text, q=m.noisy(m.say(m.pick(MATTER[key][2])))), record[key]
    if m.odds(.15):
        key = m.pick([k for k in MATTER if k not in record])
        return None, m.say(m.pick(EXTRACT), t=text, k=key), UNKNOWN
    if m.odds(.2): return m.say("[Extract the <k> from every message.|You find the <k> in messages. Answer with the <k> only.|Return only the <k>.|The user sends a text. Reply with its <k>.]", k=key), text, record[key]
    return None, m.say(m.pick(EXTRACT), t=text, k=key), record[key]


def number_or_text(v):
    return int(v) if isinstance(v, str) and v.isdigit() and not v.startswith("0") and len(v) < 7 else v


def formatted(record, how):
    if how == "json": return json.dumps({k: number_or_text(v) for k, v in record.items()}, ensure_ascii=False)
    if how == "lines": return "\n".join(f"{k}: {v}" for k, v in record.items())
    if how == "csv": return ",".join(str(v) for v in record.values())
    if how == "pairs": return "; ".join(f"{k}={v}" for k, v in record.items())
    if how == "xml": return "".join(f"<{k}>{v}</{k}>" for k, v in record.items())
    if how == "row": return "| " + " | ".join(str(v) for v in record.values()) + " |"
    if how == "bullets": return "\n".join(f"- {k}: {v}" for k, v in record.items())
    return " / ".join(str(v) for v in record.values())


HOW = dict(json=["JSON", "a JSON object", "json", "a JSON record"], lines=["lines", "key: value lines", "one line per field"], csv=["CSV", "comma separated values", "a CSV line"], pairs=["pairs", "key=value pairs"],
           xml=["XML", "tags", "XML tags"], row=["a table row", "a row", "a Markdown row"], bullets=["bullets", "a bullet list", "bullet points"], slashes=["values with slashes", "a slash line"])
RECORD = ["[Return|Give|Write|Make|Produce] <h> with <ks>: <t>", "<t>\n[Give|Return|Write|Extract] <ks> as <h>.", "[Make|Build|Create] <h> from this [text|message|mail] (<ks>): <t>", "[Extract|Find] <ks> and [answer|reply] as <h>.\n<t>",
          "<t>\n\n[Fields|Keys]: <ks>\n[Format|Form]: <h>", "[Turn|Change] this into <h> with the fields <ks>.\n<t>", "<ks> as <h>[, please|]: <t>"]
RECORD_SYSTEM = ["Return <h> with <ks>.", "You extract <ks> and answer as <h>.", "[Every message becomes|Turn each message into] <h> with <ks>.", "[Extract|Find] <ks>. [Answer|Reply] as <h>, nothing else.", "Fields: <ks>. Format: <h>."]


def record(m):
    full = matter(m, 2, 6)
    wanted = m.sample(list(full), m.between(1, min(4, len(full)))) if m.odds(.4) else list(full)[:4]
    out = {k: full[k] for k in wanted}
    how = m.pick(["json", "json", "json", "lines", "csv", "pairs", "xml", "row", "bullets", "slashes"])
    slots = dict(h=m.pick(HOW[how]), ks=", ".join(wanted), t=prose(m, full))
    if m.odds(.3): return m.say(m.pick(RECORD_SYSTEM), **slots), slots["t"], formatted(out, how)
    return None, m.say(m.pick(RECORD), **slots), formatted(out, how)


def convert(m):
    full = matter(m, 1, 4)
    a, b = m.sample(["json", "lines", "pairs", "xml", "bullets"], 2)
    source, h = formatted(full, a), m.pick(HOW[b])
    return None, m.say(m.pick(["[Convert|Change|Turn|Rewrite] [this |]to <h>:\n<s>", "<s>\n[Write|Give|Show] this as <h>.", "Convert to <h>:\n<s>", "<s>\n[As|In form of] <h>, please."]), h=h, s=source), formatted(full, b)


def rename(m):
    keys = list(dict.fromkeys(m.pseudo() if m.odds(.6) else m.v_word() for _ in range(m.between(1, 4))))
    out = {k: m.value(m.pick(["word", "name", "city", "number", "thing", "code", "date"])) for k in keys}
    how = m.pick(["json", "json", "lines", "pairs", "xml", "bullets"])
    told = m.pick([", ".join(f"{k} is {v}" for k, v in out.items()), " and ".join(f"{k} = {v}" for k, v in out.items()), ", ".join(f"{v} for {k}" for k, v in out.items()), "; ".join(f"{k}: {v}" for k, v in out.items())])
    return None, m.say(m.pick(["[Make|Write|Give me|Build] <h>: <s>", "<s>. [Give it as|Write it as] <h>."]), h=m.pick(HOW[how]), s=told), formatted(out, how)
