"""Sample `routing`: mails to a bicycle shop, each answered by the queue it belongs to. All wording is written by hand."""

SYSTEM = "Route each mail of the bicycle shop to its queue."

VALUES = {   # slot: (values of the training files, values of the tests)
    "part": ("saddle,helmet,bell,rack,pedal,tyre,basket,bottle holder,pump,front light,chain guard,child seat,handlebar,mudguard".split(","),
             "trailer,kickstand,dynamo,rear light,inner tube,fork,stem,derailleur,crank,bike lock,mirror,pannier".split(",")),
    "bike": ("city bike,mountain bike,folding bike,cargo bike,tandem,racing bike".split(","), "e-bike,gravel bike,touring bike,kids bike,fixie,recumbent".split(",")),
    "order": ([str(n) for n in (4821, 7730, 1295, 6604, 3318, 9057, 2246, 5583)], [str(n) for n in (8172, 4409, 6951, 1037, 7286, 3864, 5520, 9913)]),
    "day": ("Monday,Tuesday,Friday".split(","), "Wednesday,Thursday,Saturday".split(",")),
    "name": ("Ida,Jonas,Petra,Samir,Lotte,Bruno".split(","), "Nele,Viktor,Amina,Oskar,Ruth,Pavel".split(",")),
    "city": ("Ulm,Lindau,Bregenz,Konstanz".split(","), "Passau,Chur,Kempten,Rosenheim".split(",")),
    "money": ("19 euros,45 euros,120 euros,8 euros,260 euros".split(","), "33 euros,75 euros,410 euros,14 euros,99 euros".split(",")),
}

TRAIN = {
    "[RETURN]": """The {part} does not fit my {bike}. How do I send it back?
I ordered the wrong {part}, can I give it back?
Please take back the {part} from order {order}, it is too small.
Hi, I changed my mind about the {part}. I would like my {money} back.
My wife already bought a {part}, so I do not need this one any more. Can it go back to you?
Good morning, how many days do I have to send the {part} back? Regards, {name}
The {bike} is nice but far too big for me. I want to give it back and get my money.
You sent me a {part} instead of a {part2}. What now?
I sent the {part} back on {day} and still have no money. Order {order}.
Can I swap the {part} for a larger one?
Can you exchange the {part} for one that goes with my {bike}?
Where do I find the form to return the {part}? The box is still closed.
I'd like to cancel order {order} and be paid back, please.
We tried the {part} once and do not like it. Will you still take it?
I want a refund for the {part}, it is the wrong one. {name}
hello, the colour of the {part} is not what i wanted, i want to return it""",
    "[PARCEL]": """Where is my {part}? Order {order}.
The {part} was promised for {day} and it is still not here.
Hello, has my {bike} left your warehouse yet? Thanks, {name}
The tracking page has shown the same thing for five days. It is about the {part}.
Do you deliver to {city}?
Your driver left the {part} with a neighbour whom I do not know.
It says delivered, but my doorstep is empty. Order {order}.
How long does it take until a {bike} reaches {city}?
I will be away on {day}. Can the {part} come later?
My {part} must have got lost on the way, I have waited three weeks.
When will order {order} arrive? I need the {part} for a tour on {day}.
Can you send the {part} to my office in {city} instead of my home?
the box with the {part} never turned up
Good evening, nobody rang at my door and now the {part} is at some depot in {city}.
The courier should have brought the {bike} on {day}, but he did not come.
My package is incomplete, the {part} was not in the delivery.""",
    "[INVOICE]": """I was charged twice for the {part}.
The bill for order {order} shows {money} too much.
Could you send me a receipt for the {bike}? I need it for my taxes.
Hi, why did you take {money} from my card?
Can I pay for the {bike} in three parts?
The voucher was not taken off the price of the {part}.
My bank says the payment for order {order} failed. What should I do?
Please put my company's name on the bill, it only says {name}.
I paid on {day}, but your reminder asks for {money} again.
Which cards do you accept for a {bike}?
There is a sum of {money} on my statement that I cannot explain.
Is tax included in the price of {money} that I paid?
Hello, the total on the bill does not match what I paid for the {part}. {name}
The discount for the {bike} was forgotten, I paid the full price.
i need a copy of the bill for order {order}
Can I settle {money} by bank transfer instead of by card?""",
    "[WORKSHOP]": """The {part} of my {bike} is broken.
My {bike} makes a strange noise when I brake.
Can you repair a {bike} by {day}?
After a fall the {part} is bent. Can somebody look at it?
The chain keeps jumping off my {bike}. {name}
I need a mechanic for my {bike}, the {part} came loose.
My {bike} has a flat tyre again, third time this month.
How much time do you need to fix the brakes of a {bike}?
The {part} rattles and I cannot find out why.
The gears of the {bike} are stuck since {day}.
I think the battery of my {bike} is dead, it does not charge any more.
Something is wrong with my {part}: there is a crack in it.
My {bike} needs a check before summer. Can I bring it on {day}?
the {part} stopped working in the rain
The wheel wobbles badly and one spoke snapped. It is a {bike}.
Good day, the screws of the {part} are worn out. Do you repair that? Best, {name}""",
    "[ADVICE]": """Which {bike} is right for somebody who is 1.60 m tall?
I am looking for a {part} for my daughter, she is six. What do you suggest?
What is the difference between your two {bike} models?
Is the {part} waterproof?
Would a {bike} be good for long tours?
Hello, do you have the {part} in green? {name}
Does the {part} fit a {bike}?
Can I try a {bike} in your shop on {day} before I decide?
How heavy is the {bike}?
My budget is {money}. Which {part} would you take?
Can you recommend a {part} that suits a tall person?
I cannot decide between a {bike} and a {bike2}. What is better in the city?
What size of {part} do I need?
When will the {part} be in stock again?
I want to surprise {name} with a {part}. Which one do people like most?
do i need a special {part} for winter""",
    "[LOGIN]": """I forgot my password for your shop. {name}
I cannot log in any more. My user name is {name}.
Please change the email of my account, I have a new one.
The link to reset my password does not work since {day}.
How can I delete my account with you? I moved to {city}.
Hi, your site says that my account is locked since {day}.
I moved to {city}, please put my new address in my profile.
Somebody else seems to use my account!
I get no mail with the code when I try to sign in. {name}
How do I open an account on your page?
My profile shows a wrong name, it should be {name}.
Please stop sending me your newsletter.
It says unknown user, although I signed up on {day}.
Where on the site can I choose a new password?
the page does not accept my sign in, user {name}
Good morning, I would like to see which data you keep about me. {name} from {city}""",
}

WORDING = {   # new wording, written after and apart from the lines above
    "[RETURN]": """This saddlebag is the wrong one for me, please refund it.
How does your return policy work?
My husband hates the jersey, so back it goes. What do I do?
I'm shipping the gloves back to you tomorrow, when do I see my cash?
Would you exchange the shoes for size 42?
The pump I received is not the model from the picture. I want to hand it back.
Can unused lights be brought back to the shop?
Reimburse me for the lock, it doesn't fit around my frame.
I bought two tubes too many. Do you take them back?
Two weeks ago I returned a jacket, but no refund has come so far.""",
    "[PARCEL]": """Still no package. Has it gone missing?
What day will the courier come to my house?
Could you check the tracking number for my new lights?
The post says they have nothing from you. Was it ever shipped?
I've been waiting for my helmet for a month now.
Can I pick the package up at the post office instead?
Half of my delivery is missing, only the gloves came.
Do you ship to islands?
Your courier threw the carton over the fence.
Please deliver after six, I work during the day.""",
    "[INVOICE]": """Why is there a fee of 5 euros on my bill?
I'd like to pay by credit card, but the checkout refuses it.
Please correct the tax number on the receipt.
You debited my account two times this week.
The gift card code was not accepted when I paid.
Can our company pay at the end of the month?
I never got a bill for the repair last week.
Is it possible to pay in instalments?
My payment went through, but the order still says unpaid.
The discount you advertised is missing from the sum.""",
    "[WORKSHOP]": """My brakes squeak terribly, can you have a look?
The back wheel is bent after I hit a kerb.
Do you fix punctures while I wait?
The motor cuts out on every hill.
I need a mechanic, my pedals are loose.
The display of the e-bike stays black.
Could someone adjust my gears this week?
My bell is rusty and does not ring any longer.
There's oil leaking from the fork.
Please give my old bicycle a full service.""",
    "[ADVICE]": """What kind of lock would you recommend?
Are these tyres suitable for gravel?
I'm a beginner, which road bike should I get?
Which helmet size suits a head of 56 cm?
Do you sell baskets made of wicker?
Is an e-bike worth it for a short commute?
Can a tall man ride the small frame?
Which of your pumps is the lightest?
I need a present for a cyclist, any ideas?
Does the blue jacket keep out the rain?""",
    "[LOGIN]": """Your website will not let me sign in.
I'd like to change my password.
Please remove my profile and all my data.
The confirmation mail for my new account never arrived.
My login was blocked after three tries.
How do I update the phone number in my profile?
I married and have a new surname, please change it in my account.
Unsubscribe me from your mails.
Has my account been hacked? I see orders that are not mine.
I can't remember which email I registered with.""",
}


def row(mail, queue):
    return {"messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": mail}, {"role": "assistant", "content": queue}]}


def filled(pattern, random, test):
    """A pattern with values; a slot with a 2 takes another value than the first."""
    values = {slot: random.sample(both[test], 2) for slot, both in VALUES.items()}
    return pattern.format(**{s: v[0] for s, v in values.items()}, **{s + "2": v[1] for s, v in values.items()})


def with_values(patterns, number, random):
    """So many patterns that have a slot; each comes once before any comes twice."""
    able = [p for p in patterns if "{" in p]
    random.shuffle(able)
    return (able * number)[:number]


def make(random):
    """The four files as lists of rows."""
    patterns = {queue: lines.split("\n") for queue, lines in TRAIN.items()}
    train = [row(filled(p, random, 0), q) for q, lines in patterns.items() for p in lines]
    validation = [row(filled(p, random, 0), q) for q, lines in patterns.items() for p in with_values(lines, 5, random)]
    values = [row(filled(p, random, 1), q) for q, lines in patterns.items() for p in with_values(lines, 12, random)]
    return {"train": train, "validation": validation, "test_values": values, "test_wording": [row(mail, q) for q, lines in WORDING.items() for mail in lines.split("\n")]}
