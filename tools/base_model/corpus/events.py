"""Little reports of who did what, where, when and how often, with questions of every kind: reading beyond fixed relations."""
from . import words as W
from .reading import ASK, filler

# base form:past form; most take a thing
DEED = """lose:lost, find:found, buy:bought, sell:sold, steal:stole, paint:painted, repair:repaired, carry:carried, hide:hid, bring:brought, forget:forgot, drop:dropped, win:won, break:broke, build:built, wash:washed, borrow:borrowed,
photograph:photographed, wrap:wrapped, order:ordered, return:returned, polish:polished, want:wanted, need:needed, see:saw, catch:caught, throw:threw, fetch:fetched, clean:cleaned, show:showed, lift:lifted, choose:chose, take:took, keep:kept,
leave:left, pack:packed, offer:offered, send:sent, burn:burned, wear:wore, open:opened, close:closed, move:moved, rent:rented, describe:described, collect:collected, spot:spotted, hold:held, make:made, get:got, remove:removed, discover:discovered"""
DEED = [tuple(pair.split(":")) for pair in DEED.replace("\n", " ").split(", ")]
ROLE = "captain referee mayor owner chair cook singer author winner teacher driver host judge nurse guide coach boss speaker painter director pilot keeper hero manager secretary clown conductor trainer head baker".split()
EVENT = "concert match party market race show meeting fair wedding exhibition lecture play parade festival auction dinner course game picnic contest film tour dance lesson exam sale circus trip flight hike".split()
PEOPLE = "people guests fans children visitors pupils workers players tourists friends students dancers runners members farmers soldiers cooks".split()
ADJECTIVE = "old new small big broken heavy round strange little wooden shiny long rusty soft warm empty famous tiny huge wet".split()
PLACE = "in <city>;near <city>;at the station of <city>;in the centre of <city>;outside <city>;behind the church of <city>;at the market of <city>".split(";")


def owned(m):
    """A thing with its article or number, as a text would name it."""
    thing = m.v_thing()
    word = m.pick([m.pick(W.COLOR), m.pick(ADJECTIVE), m.pick(W.MATERIAL), thing]) + " "
    word = "" if word.strip() == thing else word
    first = m.pick(["a", "a", "a", "the", "two", "three", "his", "her", "some"])
    if first == "a" and (word or thing)[0] in "aeiou": first = "an"
    return f"{first} {word}{thing}" + ("s" if first in ("two", "three", "some") else "")


def person(m): return m.pick([m.v_first, m.v_first, m.v_name, lambda: m.pick(["Mr.", "Mrs.", "Dr.", "Aunt", "Uncle", "Captain", "Professor"]) + " " + m.v_last()])()


def moment(m):
    """(as the text says it, the value)"""
    v, word = m.pick([(m.v_day(), "on"), (m.v_date(), "on"), (m.v_time(), "at"), (m.pick(["noon", "midnight", "half past " + m.pick("two four five nine ten".split())]), "at"), (m.v_day() + " " + m.pick(["morning", "evening", "night"]), "on"), (str(m.v_year()), "in")])
    return f"{word} {v}", v


def deed(m):
    """Somebody did something with a thing, maybe somewhere, maybe at some time."""
    who, what, city, (when, moment_value) = person(m), owned(m), m.v_city(), moment(m)
    base, past = m.pick(DEED)
    where = m.say(m.pick(PLACE), city=city)
    place, time = m.odds(.6), m.odds(.5)
    tail = (" " + where if place else "") + (" " + when if time else "")
    text = m.pick([f"{who} {past} {what}{tail}.", f"{when[0].upper()}{when[1:]} {who} {past} {what}{' ' + where if place else ''}." if time else f"{who} {past} {what}{tail}.", f"It was {who} who {past} {what}{tail}.", f"{what[0].upper()}{what[1:]} is what {who} {past}{tail}.", f"I heard that {who} {past} {what}{tail}.", f"They say {who} {past} {what}{tail}."])
    asks = [(f"Who {past} {m.pick([what, 'something', 'it'])}?", who), (f"What did {who} {base}?", what), (f"What was it that {who} {past}?", what), (f"Who {past} {what}?", who)]
    if place: asks += [(f"Where did {who} {base} {m.pick([what, 'it', 'that'])}?", city), (f"{m.pick(['In which city', 'In what town', 'Where'])} {m.pick(['was that', 'did that happen', 'was it'])}?", city)]
    if time: asks += [(f"When did {who} {base} {m.pick([what, 'it'])}?", moment_value), (f"When {m.pick(['was that', 'did that happen', 'was it'])}?", moment_value)]
    return text, asks


def happening(m):
    """An event with place, time, crowd and somebody in charge, told in some order."""
    event, city, (when, value), count, crowd = m.pick(EVENT), m.v_city(), moment(m), str(m.between(2, 999)), m.pick(PEOPLE)
    who, role, starts = person(m), m.pick(ROLE), m.pick([("starts", "start"), ("begins", "begin"), ("ends", "end"), ("opens", "open"), ("closes", "close")])
    parts = [(f"The {event} {m.pick(['is', 'takes place', 'will be', 'was'])} in {city}.", [(f"Where is the {event}?", city), (f"In which {m.pick(['city', 'town'])} is the {event}?", city), (f"Where does the {event} take place?", city)]),
             (f"The {event} {starts[0]} {when}.", [(f"When does the {event} {starts[1]}?", value), (f"At what time does it {starts[1]}?" if when.startswith("at") else f"When does it {starts[1]}?", value), (f"When is the {event}?", value)]),
             (m.pick([f"{count} {crowd} {m.pick(['came', 'watched', 'are invited', 'have tickets', 'are expected', 'took part'])}.", f"There were {count} {crowd}.", f"We counted {count} {crowd}."]), [(f"How many {crowd} {m.pick(['were there', 'came', 'are there', 'are expected', 'took part'])}?", count), (f"What is the number of {crowd}?", count)]),
             (m.pick([f"{who} is the {role}.", f"The {role} is {who}.", f"The new {role}, {who}, was there.", f"{who} was chosen as {role}."]), [(f"Who is the {m.pick(['', 'new '])}{role}?", who), (f"What is the name of the {role}?", who), (f"Who was the {role}?", who)])]
    chosen = m.sample(parts, m.between(2, 4))
    return " ".join(text for text, _ in chosen), [ask for _, asks in chosen for ask in asks]


def stock(m):
    """Numbers of things, prices, origins and wishes."""
    count, thing, city, who, price, what = str(m.between(2, 500)), m.v_thing() + "s", m.v_city(), person(m), m.v_price(), owned(m)
    minutes, (when, value) = str(m.v_minutes()), moment(m)
    return m.pick([
        (f"{who} {m.pick(['has', 'owns', 'counted', 'sold', 'needs'])} {count} {thing} from {city}.", [(f"How many {thing} {m.pick(['are there', 'is it', 'are meant'])}?", count), (f"Where do the {thing} come from?", city), ("Who is it about?", who)]),
        (f"{m.pick(['For sale', 'Offer', 'On sale now'])}: {what}, {price}. {m.pick(['Ask', 'Call', 'Write to'])} {who} in {city}.", [("What is for sale?", what), ("What does it cost?", price), ("How much is it?", price), (m.pick(["Who should I ask?", "Whom can I call?", "Who sells it?"]), who), ("Where is the seller?", city)]),
        (f"{who} moved from {city} to {(other := m.v_city())}. It took {minutes} minutes.", [(f"Where did {who} move to?", other), (f"Where did {who} come from?", city), ("How many minutes did it take?", minutes), ("Who moved?", who)]),
        (f"{m.pick(['Note', 'Memo', 'Reminder', 'Message'])}: {who} {m.pick(['called', 'wrote', 'was here'])}. Please {m.pick(['bring', 'take', 'send', 'find'])} {what} {when}.", [(m.pick(["Who called?", "Who was it?", "Who left a note?", "Who is the note from?"]), who), (m.pick(["What should I bring?", "What is wanted?", "What should be taken along?"]), what), (m.pick(["When?", "When is that?", "By when?"]), value)]),
        (f"{who} {m.pick(['is', 'was', 'turned'])} {(age := str(m.v_age()))} years old and {m.pick(['lives', 'works', 'sings', 'studies'])} in {city}.", [(f"How old is {who}?", age), ("How old is the person?", age), ("Where is that?", city), ("Who is meant?", who)]),
        (f"The {m.pick(['train', 'bus', 'ferry', 'plane'])} to {city} leaves {when} with {count} {(crowd := m.pick(PEOPLE))}.", [("Where does it go?", city), ("When does it leave?", value), (f"How many {crowd} are on it?", count), ("What is the goal of the journey?", city)]),
        (f"{who} wrote a {m.pick(['book', 'letter', 'song', 'report'])} about {what}. It has {count} {m.pick(['pages', 'lines', 'words'])}.", [("Who is the author?", who), ("Who wrote it?", who), ("What is it about?", what), ("How long is it?", count)]),
    ])


def event(m):
    parts = [m.pick([deed, deed, happening, stock])(m) for _ in range(m.pick([1, 1, 2, 2, 3]))]
    chosen = m.pick(parts)
    texts = [text for text, _ in parts]
    if m.odds(.25): texts.insert(m.between(0, len(texts)), filler(m, 1)[0])
    question, answer = m.pick(chosen[1])
    return None, m.say(m.pick(ASK), t=" ".join(texts), q=m.noisy(question)), answer
