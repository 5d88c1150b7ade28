"""A seeded maker of wording: patterns with [choice|choice] and <slot>, invented words, values, politeness and noise."""
import functools
import random
import re

from . import words as W

SYLLABLE = [c + v for c in "b c d f g h k l m n p r s t v w z br tr st pl gr kl sh ch".split() for v in "a e i o u ar en il on us".split()]
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@functools.lru_cache(None)
def compiled(pattern):
    """A pattern as nested parts: text, ('slot', name), or a list of alternatives."""
    def sequence(i, closing):
        parts, text = [], ""
        while i < len(pattern) and pattern[i] not in closing:
            if pattern[i] in "[<" and text:
                parts.append(text)
                text = ""
            if pattern[i] == "[":
                choices, i = [], i + 1
                while True:
                    part, i = sequence(i, "|]")
                    choices.append(part)
                    i += 1
                    if pattern[i - 1] == "]":
                        break
                parts.append(choices)
            elif pattern[i] == "<":
                end = pattern.index(">", i)
                parts.append(("slot", pattern[i + 1:end]))
                i = end + 1
            else:
                text += pattern[i]
                i += 1
        return (*parts, text) if text else tuple(parts), i
    return sequence(0, "")[0]


class Maker:
    """All chance of the corpus comes from one seeded generator."""

    def __init__(self, seed, stage=5):
        self.random, self.stage = random.Random(seed), stage
        self.chance = self.random.random
        self.fake = 0.3   # share of invented words among values: what cannot be known must be copied

    def pick(self, items):
        return items[int(self.chance() * len(items))]

    def odds(self, p):
        return self.chance() < p

    def between(self, a, b):
        return a + int(self.chance() * (b - a + 1))

    def sample(self, items, k):
        return self.random.sample(items, k)

    def shuffled(self, items):
        items = list(items)
        self.random.shuffle(items)
        return items

    def say(self, pattern, **slots):
        """Expand a pattern; a slot that is not given is made by the value maker of its name."""
        out = []
        self._walk(compiled(pattern), slots, out)
        return "".join(out)

    def _walk(self, parts, slots, out):
        for part in parts:
            if isinstance(part, str):
                out.append(part)
            elif isinstance(part, list):
                self._walk(self.pick(part), slots, out)
            else:
                name = part[1]
                out.append(str(slots[name]) if name in slots else self.value(name))

    def value(self, kind):
        return str(getattr(self, "v_" + kind)())

    # invented words and values -----------------------------------------------------
    def pseudo(self):
        return "".join(self.pick(SYLLABLE) for _ in range(2 if self.odds(.55) else 3))

    def mixed(self, items, capital=False):
        if self.odds(self.fake):
            word = self.pseudo()
            return word.capitalize() if capital else word
        return self.pick(items)

    def v_first(self): return self.mixed(W.FIRST, True)
    def v_last(self): return self.mixed(W.LAST, True)
    def v_name(self): return f"{self.v_first()} {self.v_last()}"
    def v_person(self): return self.v_name() if self.odds(.4) else self.v_first()
    def v_city(self): return self.mixed(W.CITY, True)
    def v_country(self): return self.pick(list(W.CAPITAL))
    def v_company(self): return self.mixed(W.COMPANY, True)
    def v_thing(self): return self.mixed(W.THING)
    def v_food(self): return self.pick(W.FOOD)
    def v_animal(self): return self.mixed(W.ANIMAL)
    def v_color(self): return self.pick(W.COLOR)
    def v_job(self): return self.mixed(W.JOB)
    def v_room(self): return self.pick(W.ROOM)
    def v_day(self): return self.pick(W.DAY)
    def v_month(self): return self.pick(W.MONTH)
    def v_subject(self): return self.pick(W.SUBJECT)
    def v_sport(self): return self.pick(W.SPORT)
    def v_hobby(self): return self.pick(W.HOBBY)
    def v_instrument(self): return self.pick(W.INSTRUMENT)
    def v_language(self): return self.pick(W.LANGUAGE)
    def v_material(self): return self.pick(W.MATERIAL)
    def v_vehicle(self): return self.pick(W.VEHICLE)
    def v_good(self): return self.pick(W.GOOD)
    def v_bad(self): return self.pick(W.BAD)
    def v_pseudo(self): return self.pseudo()
    def v_Pseudo(self): return self.pseudo().capitalize()
    def v_item(self): return self.thing_phrase()
    def v_age(self): return self.between(4, 97)
    def v_count(self): return self.between(2, 20)
    def v_small(self): return self.between(1, 9)
    def v_minutes(self): return self.pick([5, 10, 12, 15, 20, 25, 30, 40, 45, 50, 60, 90])
    def v_percent(self): return f"{self.between(1, 100)}%" if self.odds(.7) else f"{self.between(1, 100)} percent"
    def v_year(self): return self.between(1950, 2035)
    def v_number(self): return self.between(2, self.pick([12, 99, 999, 9999, 99999]))
    def v_order(self): return self.pick(["", "", "#", "A-", "No. "]) + str(self.between(1000, 999999))
    def v_phone(self): return f"{self.between(100, 999)}-{self.between(1000, 9999)}" if self.odds(.6) else f"0{self.between(10, 999)} {self.between(10000, 9999999)}"
    def v_email(self): return f"{self.v_first().lower()}{self.pick(['.', '_', ''])}{self.v_last().lower()}@{self.pseudo()}.{self.pick(['com', 'org', 'net', 'example'])}"
    def v_code(self): return self.pseudo().upper()[:self.between(2, 4)] + self.pick(["", "-"]) + str(self.between(10, 9999))
    def v_seat(self): return f"{self.between(1, 40)}{self.pick('ABCDEF')}"
    def v_street(self): return f"{self.between(1, 199)} {self.mixed(W.STREET, True)} {self.pick(['Street', 'Road', 'Lane', 'Avenue'])}"
    def v_amount(self): return str(self.between(1, 999)) if self.odds(.6) else f"{self.between(1, 999)}.{self.between(0, 99):02d}"
    def v_price(self): return self.say("[<amount> euros|<amount> dollars|$<amount>|€<amount>|<amount> EUR|<amount> pounds]")
    def v_weight(self): return self.say("<number> [kg|grams|pounds]")
    def v_length(self): return self.say("<number> [cm|metres|km|inches]")
    def v_version(self): return f"{self.between(0, 9)}.{self.between(0, 20)}"
    def v_title(self): return self.say("[The |A |][<color> <thing>|<animal> and the <thing>|<Pseudo>|Last <day>|House of <city>|<first>'s <thing>]").title().replace("'S", "'s")
    def v_team(self): return self.say("[the |][<city> <animal>s|Team <Pseudo>|FC <city>|<company> United]")

    def v_time(self):
        h, minute = self.between(6, 22), self.pick(["00", "15", "30", "45", f"{self.between(0, 59):02d}"])
        return f"{h}:{minute}" if self.odds(.6) else f"{(h - 1) % 12 + 1}{'' if minute == '00' else ':' + minute} {'am' if h < 12 else 'pm'}"

    def v_clock(self): return f"{self.between(0, 23):02d}:{self.pick(['00', '15', '30', '45', '10', '20', '50'])}"

    def triple(self):
        return self.between(1, 28), self.between(1, 12), self.between(2015, 2034)

    def v_date(self):
        d, m, y = self.triple()
        return self.pick([f"{d} {W.MONTH[m - 1]} {y}", f"{W.MONTH[m - 1]} {d}, {y}", f"{d} {W.MONTH[m - 1]}", f"{y}-{m:02d}-{d:02d}", f"{d:02d}.{m:02d}.{y}", f"{W.MONTH[m - 1]} {d}"])

    def v_word(self):
        return self.pseudo() if self.odds(.35) else self.pick(self.pick([W.ANIMAL, W.FOOD, W.THING, W.COLOR, W.JOB, W.MATERIAL, W.SPORT]))

    def words(self, a, b): return [self.v_word() for _ in range(self.between(a, b))]

    def thing_phrase(self): return self.say("[<thing>|<thing>|<color> <thing>|<material> <thing>|new <thing>|<company> <thing>]")

    def v_phrase(self):
        return self.say("[<word>|<word> <word>|<word> <word> <word>|<name>|the <color> <thing>|<first> and <first>|<city> <thing>|<number> <animal>s|a <thing> for <first>|<first> went to <city>|<first> likes <food>]")

    # surface noise -----------------------------------------------------------------
    def noisy(self, text):
        """Sometimes what people type: lower case, no final stop, a slip of a key, doubled marks."""
        r = self.chance()
        if r < .74: return text
        if r < .84: return text[0].lower() + text[1:]
        if r < .90: return text.rstrip(".?")
        if r < .93: return text.rstrip(".") + self.pick(["!", "!!", "...", " :)", " ?", " please"])
        if r < .96: return re.sub(r"\b(do|does|is|did|ca|wo|was)n't\b", lambda m: m[0].replace("'", ""), text)
        return self.slip(text)

    def slip(self, text):
        """One slip of a key inside a lower-case word of the first sentence part; capitals and digits stay."""
        found = [m for m in re.finditer(r"\b[a-z]{4,}\b", text[:60])]
        if not found: return text
        word = self.pick(found)
        i = self.between(word.start() + 1, word.end() - 2)
        return self.pick([text[:i] + text[i + 1] + text[i] + text[i + 2:], text[:i] + text[i + 1:], text[:i] + text[i] + text[i:]])
