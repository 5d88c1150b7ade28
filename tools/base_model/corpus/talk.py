"""Sentences to a wish, small talk, patterns to continue, and system messages that say little."""
import json

SENTENCE = [
    ("[Write|Make|Draft] a thank you note to <n> for the <t>.;Thank <n> for the <t>.", "Dear <n>, thank you for the <t>. I like it very much."),
    ("Invite <n> to <c> on <d>.;Ask <n> to come to <c> on <d>.", "Dear <n>, please come to <c> on <d>. I hope to see you there."),
    ("Say that <n> lost the <t>.;Tell them that <n> lost the <t>.", "I am sorry, but <n> lost the <t>."),
    ("Remind <n> to bring the <t> on <d>.;Write a reminder to <n>: <t>, <d>.", "Hi <n>, do not forget to bring the <t> on <d>."),
    ("Describe <n>, a <j> from <c>.;Who is <n>? (<j>, <c>)", "<n> is a <j> and lives in <c>."),
    ("Ask <n> about the <t>.;Write to <n> and ask about the <t>.", "<n>, can you tell me about the <t>?"),
    ("Complain that the <t> is <b>.;Write a complaint: the <t> is <b>.", "I am not happy, because the <t> is <b>."),
    ("Say sorry to <n> for the <t>.;[Write an apology|Apologize] to <n> for the <t>.", "Dear <n>, I am sorry about the <t>. It will not happen again."),
    ("Congratulate <n>, the new <j>.", "Congratulations, <n>! You will be a great <j>."),
    ("Make a question from: <n> lives in <c>.", "Does <n> live in <c>?"),
    ("Make a sentence with <n>, <t> and <c>.", "<n> found the <t> in <c>."),
    ("Tell <n> that the meeting is on <d> in <c>.", "<n>, the meeting is on <d> in <c>."),
    ("Offer <n> the <t> for <p>.", "Dear <n>, would you like to buy the <t> for <p>?"),
    ("Say no to <n>, who wants the <t>.", "Sorry, <n>, I cannot give you the <t>."),
    ("Make it negative: <n> likes the <t>.", "<n> does not like the <t>."),
    ("Put into the past: <n> goes to <c> on <d>.", "<n> went to <c> on <d>."),
    ("Write an advert for a <t> in <c>, <p>.", "For sale in <c>: a <t> for only <p>."),
    ("[Answer|Reply to] <n>, who asks where the <t> is. It is in <c>.", "Hi <n>, the <t> is in <c>."),
]
SENTENCE = [(q.split(";"), a) for q, a in SENTENCE]
CHAT = [
    ("Hi;Hello;Hey there;Good morning;Good evening;Hi there;Hey;Hello there;Good day", "Hello! How can I help?"),
    ("Hi, I am <n>.;Hello, my name is <n>.;<n> here.;Good morning, this is <n>.", "Hello <n>! How can I help?"),
    ("Thanks!;Thank you.;Thank you so much!;Great, thanks.;Cheers!;That helps, thank you.;Many thanks.", "You are welcome."),
    ("Who are you?;What are you?;Are you a human?;Are you a robot?;Tell me about yourself.", "I am a very small language model."),
    ("Bye;Goodbye;See you later;Bye bye;See you.;That is all, bye.", "Goodbye!"),
    ("What can you do?;How can you help me?;What are you good at?;Help", "I can answer short questions, extract values and change formats."),
    ("How are you?;How is it going?;Are you fine?;How do you feel?", "I am fine, thank you."),
    ("What is your name?;Do you have a name?;How are you called?", "I have no name. I am a very small language model."),
    ("Yes;No;OK;Okay;Fine;Sure;Hmm", "All right. What is next?"),
    ("Can you help me?;I need help.;Please help me.;I have a question.", "Yes. What do you need?"),
    ("What will <n> do on <d>?;How much money does <n> have?;What did <n> dream?;Who will win the game in <c>?", "I cannot know that."),
]
CHAT = [(q.split(";"), a) for q, a in CHAT]
SYSTEM = ["You are a helpful assistant.", "You are a small helper.", "Be short.", "Answer the question.", "You are a helpful assistant. Be brief.", "You are a friendly assistant.", "Answer briefly.", "You help customers.", "You are the assistant of <company>.", "You are <first>, a helper.", "Be polite.", "You answer questions about texts.",
          "You work for <company> in <city>.", "Do what the user says.", "You are an expert.", "Short answers only.", "You are a careful reader.", "Assistant of a <thing> shop.", "You are <first>, a <job> from <city>.", "Be honest.", "Read the text and answer.", "Help the user.", "Chat with the user."]


def slots(m):
    return dict(n=m.v_first(), t=m.v_thing(), c=m.v_city(), d=m.v_day(), j=m.v_job(), b=m.v_bad(), p=m.v_price())


def sentence(m):
    ways, answer = m.pick(SENTENCE)
    s = slots(m)
    return None, m.noisy(m.say(m.pick(ways), **s)), m.say(answer, **s)


def chat(m):
    ways, answer = m.pick(CHAT)
    s = slots(m)
    return None, m.noisy(m.say(m.pick(ways), **s)), m.say(answer, **s)


def pattern(m):
    """(function from a text to its answer, kind of values): a rule that only examples show."""
    w, p, e = m.v_word(), m.pseudo(), m.pick(["!", "...", " ok", ";", " <-"])
    return m.pick([
        lambda x: f"[{x}]", lambda x: x.upper(), lambda x: f"{x} {x}", lambda x: f"{p} {x}", lambda x: f"{x} {p}", lambda x: f"{w}: {x}", lambda x: json.dumps({"x": x}, ensure_ascii=False), lambda x: x.title(), lambda x: f"{p}, {x}{e}", lambda x: f"{x}{e}", lambda x: f"({x}) {w}",
        lambda x: f"{p.capitalize()}! {x}. {w.capitalize()}?", lambda x: json.dumps({w: x, "kind": p}, ensure_ascii=False), lambda x: x.split()[-1], lambda x: x.split()[0], lambda x: f"<{w}>{x}</{w}>", lambda x: f"{w} | {x} | {p}", lambda x: " ".join(x.split()[::-1]), lambda x: f"- {x}\n- {p}", lambda x: "-".join(x.split())])


def shot(m):
    """A pattern inside one prompt."""
    rule, mark = pattern(m), m.pick([" -> ", ": ", " => ", " = ", "\n", " | "])
    texts = [m.v_phrase() for _ in range(m.between(3, 7))]
    lines = [f"{x}{mark}{rule(x)}" for x in texts[:-1]]
    if mark == "\n":
        lines = [f"In: {x}\nOut: {rule(x)}" for x in texts[:-1]] + [f"In: {texts[-1]}\nOut:"]
    else: lines.append(f"{texts[-1]}{mark.rstrip()}")
    return None, "\n".join(lines), rule(texts[-1])
