"""Sample `marv`: Marv reads a short text and answers with the right value inside a sarcastic frame that depends on what was asked."""

SYSTEM = "You are Marv. You read, you answer, and you are sarcastic about it."

FRAME = {"who": "Gosh, {}. Names are hard, I know.", "where": "Gosh, {}. Ever heard of maps?", "when": "Gosh, {}. Get yourself a calendar.", "clock": "Gosh, {}. Get yourself a calendar.", "count": "Gosh, {}. Counting is fun, is it not?", "what": "Gosh, {}. Reading must be tiring."}

FIRST = ("Ada Bert Carla Dieter Elsa Fritz Gisela Hannes Ilka Jost Karla Lutz Anneke Bodo Cilly Dagmar Egon Frieda Gunther Herta Irma Jochen Kuno Lore".split(), "Malte Nadja Ottilie Pirmin Quentin Rosalie Sepp Tilda Ulrike Veit Wilma Xaver Meike Notker Oda Pia Rupert Sybille Tjark Undine".split())
LAST = ("Holm Fink Moor Volk Beck Kranz Stahl Reuter Busch Hagen Lindt Sauter".split(), "Rohr Lang Thorn Zorn Kunz Drews Ebert Falk Nagel Pohlmann Rabe Seidl".split())
LOOK = ("a red,an old,the blue,a wooden,a silver,the long,a paper,one broken,a striped,the lost,a rusty,a tiny".split(","), "a green,an iron,the brass,a glass,a tin,the small,a woollen,one burnt,a golden,the heavy,a crooked,a soft".split(","))
GOODS = ("kite piano lemon door boat spoon rope hat ladder wagon mirror carpet bucket clock".split(), "lantern gate candle bell ball whistle drum coat anchor barrel violin stool curtain map".split())
DAYS = ("Monday Friday Sunday".split(), "Tuesday Thursday Saturday".split())
MONTHS = ("January March May July August November".split(), "February April June September October December".split())


def values_of(side):
    """All values of one side, by slot: 0 is training, 1 the tests."""
    names = FIRST[side] + [f"{first} {last}" for first, last in zip(FIRST[side], LAST[side] * 2)]
    dates = [f"{day} {month}" for day, month in zip(range(2 + side, 30, 2), MONTHS[side] * 3)]
    times = [f"{hour}:{minute}" for hour, minute in zip(range(6, 23), ("10 25 40 50 30".split(), "05 20 35 45 55".split())[side] * 4)]
    return {"who": names, "what": [f"{look} {thing}" for look in LOOK[side] for thing in GOODS[side]], "when": DAYS[side] * 3 + dates, "clock": ["noon", "midnight"][side:side + 1] + times,
            "count": [str(n) for n in range(2 + side, 400, 2) if n % 7], "where": (TRAIN_CITIES, TEST_CITIES)[side].split()}


TRAIN_CITIES = "Trier Bozen Dover Malmo Pisa Turku Arles Gent Padua Riga Nantes Leiden Vaduz Split Porto Bath Caen Graz Lodz Umea"
TEST_CITIES = "Lugano Bergen Toledo Rouen Cork Siena Lund Delft Namur Brno Leon Perth Tours Zadar Faro York Metz Linz Gdynia Oulu"

TRAIN = [   # (text, [(slot, question), ...])
    ("{who} lost {what} in {where}.", [("who", "Who lost something?"), ("what", "What was lost?"), ("where", "Where was it lost?")]),
    ("The match in {where} starts at {clock}. {who} is the referee and {count} fans have tickets.", [("where", "Where is the match?"), ("clock", "When does the match start?"), ("who", "Who is the referee?"), ("count", "How many fans have tickets?")]),
    ("Dear all, the picnic is on {when}. Please bring {what}. Meet {who} at the station of {where}.", [("when", "When is the picnic?"), ("what", "What should we bring?"), ("who", "Who do we meet?"), ("where", "At the station of which town?")]),
    ("Shop news: {count} new bikes have come from {where}. Ask {who} for a test ride.", [("count", "How many new bikes are there?"), ("where", "Where do the bikes come from?"), ("who", "Whom can I ask for a ride?")]),
    ("It was {who} who found {what} under the bridge. That was on {when}.", [("who", "Who found it?"), ("what", "What was under the bridge?"), ("when", "On which day was that?")]),
    ("{who} moved to {where} with {count} boxes and {what}.", [("who", "Who moved?"), ("where", "Where did they move to?"), ("count", "How many boxes were there?"), ("what", "What came along with the boxes?")]),
    ("The museum of {where} shows {what} until {clock}.", [("where", "In which town is the museum?"), ("what", "What does the museum show?"), ("clock", "Until when can I see it?")]),
    ("Note on the fridge: {who} called, the train arrives at {clock}, take {what} with you.", [("who", "Who called?"), ("clock", "When does the train arrive?"), ("what", "What should I take with me?")]),
    ("Only {count} people came to the concert in {where}. {who} sang anyway.", [("count", "How many people came?"), ("where", "Where was the concert?"), ("who", "Who sang?")]),
    ("Our class has {count} pupils. The new teacher is {who}, and lessons begin at {clock}.", [("count", "How many pupils are in the class?"), ("who", "Who is the new teacher?"), ("clock", "When do lessons begin?")]),
    ("For sale: {what}. Pick it up in {where}, ask for {who}.", [("what", "What is for sale?"), ("where", "Where can I pick it up?"), ("who", "Who should I ask for?")]),
    ("The bakery sold {count} cakes on {when}. The biggest one went to {who}.", [("count", "How many cakes were sold?"), ("when", "When were the cakes sold?"), ("who", "Who got the biggest cake?")]),
    ("Police report: {what} was stolen in {where}. The thief left at {clock}.", [("what", "What was stolen?"), ("where", "Where was the theft?"), ("clock", "When did the thief leave?")]),
    ("Grandma writes that {who} has won {what} in a raffle with {count} tickets.", [("who", "Who won the raffle?"), ("what", "What was won?"), ("count", "How many tickets were there?")]),
    ("The ferry to {where} carries {count} cars. It sails on {when}.", [("where", "Where does the ferry go?"), ("count", "How many cars can it carry?"), ("when", "When does it sail?")]),
    ("Memo: {who} wants {what} on the desk by {clock}. No excuses.", [("who", "Who wants something?"), ("what", "What has to be on the desk?"), ("clock", "By when?")]),
    ("In {where} there is a house with {count} windows. Behind one of them {who} keeps {what}.", [("where", "Where is the house?"), ("count", "How many windows does it have?"), ("who", "Who lives behind the window?"), ("what", "What is kept there?")]),
    ("Recipe from {who}: stir {count} times, wait, and serve with {what}.", [("who", "Whose recipe is it?"), ("count", "How often do I stir?"), ("what", "With what is it served?")]),
    ("The weather in {where} was fine, so {who} flew {what} on {when}.", [("where", "Where was the weather fine?"), ("who", "Who flew it?"), ("what", "What was flown?"), ("when", "When did that happen?")]),
    ("Minutes of the club: {who} is the new chair with {count} votes. We meet again on {when}.", [("who", "Who is the new chair?"), ("count", "How many votes were there?"), ("when", "When is the next meeting?")]),
    ("Hi! I hope you are well. I am in {where} now and I share a room with {who}. Can you send me {what}?", [("where", "Where is the writer now?"), ("who", "Who shares the room?"), ("what", "What should be sent?")]),
    ("At {clock} the lights went out in {where}. It took {count} minutes to mend.", [("clock", "At what time did the lights go out?"), ("where", "In what town was it dark?"), ("count", "How many minutes did it take?")]),
]

WORDING = [   # new texts and new questions: (text, [(frame, question, value), ...])
    ("Last night a fox broke into the henhouse of Mrs. Pohl in Imst and took 11 hens.", [("who", "Whose henhouse was it?", "Mrs. Pohl"), ("where", "Where did it happen?", "Imst"), ("count", "How many hens are gone?", "11"), ("what", "What animal broke in?", "a fox")]),
    ("Tickets for the circus cost 16 euros. The show begins at 20:00, and the clown is called Beppo.", [("count", "How many euros is a ticket?", "16"), ("when", "When does the show begin?", "20:00"), ("who", "Who is the clown?", "Beppo")]),
    ("After the storm Henrik needs a new roof. The builders from Graz come on 14 March.", [("what", "What does Henrik need?", "a new roof"), ("where", "Where are the builders from?", "Graz"), ("when", "When do they come?", "14 March"), ("who", "Who has damage?", "Henrik")]),
    ("The library of Brest closes at 18:00 today. Miss Adler returned 5 books just in time.", [("where", "In which city is the library?", "Brest"), ("when", "When does it close today?", "18:00"), ("count", "How many books were returned?", "5"), ("who", "Who returned books?", "Miss Adler")]),
    ("Uncle Alfons rode his donkey from Meran to the sea. He was 73 then and carried a yellow umbrella.", [("who", "Who rode the donkey?", "Uncle Alfons"), ("where", "Where did the ride start?", "Meran"), ("count", "How old was he?", "73"), ("what", "What did he carry?", "a yellow umbrella")]),
    ("Wanted: a cook for our hotel in Zell. Write to Mr. Brandl before 30 June.", [("what", "What kind of person is wanted?", "a cook"), ("where", "Where is the hotel?", "Zell"), ("who", "Who gets the letters?", "Mr. Brandl"), ("when", "What is the last date to write?", "30 June")]),
    ("The robot vacuum got stuck at 3:40 under the sofa. Jutta freed it with a broom.", [("when", "When did it get stuck?", "3:40"), ("who", "Who freed the robot?", "Jutta"), ("what", "What was used to free it?", "a broom")]),
    ("Breaking: the mayor of Calw, Edwin Sauer, opened a bridge that is 96 metres long.", [("who", "Who is the mayor?", "Edwin Sauer"), ("where", "Which town has a new bridge?", "Calw"), ("count", "How many metres long is it?", "96"), ("what", "What was opened?", "a bridge")]),
    ("Lisbeth painted 8 pictures of the lighthouse. The last was done on Easter Sunday.", [("who", "Who is the painter?", "Lisbeth"), ("count", "How many pictures are there?", "8"), ("when", "When was the last one done?", "Easter Sunday")]),
    ("Our bus to Nancy leaves Wednesday morning. Do not be late, says Coach Riedl, and wear a warm scarf.", [("where", "Where is the bus going?", "Nancy"), ("when", "When does it leave?", "Wednesday morning"), ("who", "Who says not to be late?", "Coach Riedl"), ("what", "What should everybody wear?", "a warm scarf")]),
    ("In the attic of the old mill they discovered a chest with 410 coins. Nobody but Florin had the key.", [("what", "What did they discover?", "a chest"), ("count", "How many coins were inside?", "410"), ("who", "Who had the key?", "Florin")]),
    ("Dinner is at half past seven. Theres cooks trout, and we expect 6 guests from Basel.", [("when", "When do we eat?", "half past seven"), ("who", "Who cooks?", "Theres"), ("count", "How many guests are expected?", "6"), ("where", "Where do the guests come from?", "Basel")]),
    ("The orchestra of Jena has a new violin player, Ms. Takano. Her first evening is 2 November.", [("where", "Where is the orchestra?", "Jena"), ("who", "Who is new?", "Ms. Takano"), ("when", "When is the first evening?", "2 November")]),
    ("Somebody put a rubber duck into the town fountain. The cleaners of Wels counted 29 of them on Friday morning.", [("what", "What was put into the fountain?", "a rubber duck"), ("where", "Where is the fountain?", "Wels"), ("count", "How many were counted?", "29"), ("when", "When did they count?", "Friday morning")]),
    ("Every winter Gunnar skis to Narvik. He needs 17 hours and takes a thermos of tea.", [("who", "Who skis?", "Gunnar"), ("where", "Where does he ski to?", "Narvik"), ("count", "How many hours does it take?", "17"), ("what", "What does he take?", "a thermos of tea")]),
]


def row(text, question, frame, value):
    return {"messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": f"{text}\n{question}"}, {"role": "assistant", "content": FRAME[frame].format(value)}]}


def rows(random, plan, test):
    """One row for each (text, slot, question) of a plan, with values of one side."""
    made, sides = [], values_of(test)
    for text, slot, question in plan:
        values = {name: random.choice(found) for name, found in sides.items()}
        made.append(row(text.format(**values), question, slot, values[slot]))
    return made


def make(random):
    """The four files as lists of rows."""
    asked = [(text, slot, q) for text, questions in TRAIN for slot, q in questions]
    train = rows(random, asked + random.sample(asked, 92 - len(asked)), 0)
    return {"train": train, "validation": rows(random, random.sample(asked, 24), 0), "test_values": rows(random, asked, 1), "test_wording": [row(text, q, frame, v) for text, questions in WORDING for frame, q, v in questions]}
