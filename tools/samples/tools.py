"""Sample `tools`: requests to a smart home. What no schema tells: the rooms hang on circuits with names, and minutes is 0 when nobody gives a duration."""
import json

SYSTEM = "You run the house with tools."
CIRCUIT = {"kitchen": "north", "bedroom": "upper", "bathroom": "west", "office": "east", "garage": "lower", "hallway": "south"}
DEVICE = ["lamp", "heater", "fan", "radio", "blind"]


def schema(name, properties):
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": properties, "required": list(properties)}}}


TOOLS = [schema("switch", {"room": {"type": "string", "enum": sorted(CIRCUIT.values())}, "device": {"type": "string", "enum": DEVICE}, "state": {"type": "string", "enum": ["on", "off"]}, "minutes": {"type": "integer"}}),
         schema("remind", {"person": {"type": "string"}, "time": {"type": "string"}, "about": {"type": "string"}})]

MINUTES = ([10, 20, 30, 45, 60, 12, 18, 27, 36, 75, 120], [5, 15, 25, 40, 50, 90, 8, 22, 33, 55, 100])
PERSON = ("Mira,Tom,Aylin,Georg,Nina,Paul,Heidi,Carlo,Ute,Sven,Wanda,Niklas,Paula,Erik,Salome,Timo,Birte,Konrad".split(","), "Lena,Marek,Dora,Felix,Yara,Hugo,Emil,Tess,Rita,Boris,Anja,Claas,Svea,Jonte".split(","))
TIME = ("7:15,8:30,12:00,16:45,18:30,21:00,9:10,10:05,11:40,14:50,17:20,19:55,20:45,6:25".split(","), "6:50,10:20,13:30,15:05,17:40,19:15,22:30,8:40,9:35,12:15,16:05,20:10".split(","))
ABOUT = ("feed the cat;call the dentist;water the roses;take the pills;buy bread;lock the back door;empty the bins;pay the rent;pick up the parcel;walk the dog;charge the phone;post the letter;fold the towels;tune the piano;oil the bike;wake the baby;sharpen the knives;peel the apples;dust the shelf;visit the museum".split(";"),
         "call the bank;clean the fridge;order the flowers;wash the car;buy stamps;fetch the laundry;book the train;sign the form;turn the mattress;water the lawn;bake a cake;return the books".split(";"))

SWITCH = """Turn {state} the {device} in the {room}.
Turn the {room} {device} {state}.
Please switch the {device} in the {room} {state}.
Could you put the {room} {device} {state}?
{room}: {device} {state}
The {device} in the {room} should be {state}.
I want the {device} {state} in the {room}.
{device} {state} in the {room}, please
Can you switch {state} the {room} {device} for me?
Would you mind turning the {device} {state}? I mean the one in the {room}.
I am in the {room}. Make the {device} go {state}.
Hey, get the {room} {device} {state}!
Somebody is in the {room}, {device} {state} there please.
Let the {device} in the {room} be {state} from now.
Set the {room}'s {device} to {state}.
About the {room}: the {device} has to be {state}.
Make sure that the {device} of the {room} is {state}.
We need the {device} to be {state} in the {room}.""".split("\n")
TIMED = """Turn {state} the {device} in the {room} for {minutes} minutes.
{room} {device} {state} for {minutes} minutes, please.
For the next {minutes} minutes the {device} in the {room} should be {state}.
Can you keep the {room} {device} {state} for {minutes} minutes?
Switch the {device} {state} in the {room}, {minutes} minutes only.
I need the {device} {state} for {minutes} minutes. It is the one in the {room}.
{minutes} minutes of {device} {state} in the {room}
Put the {room} {device} {state} and leave it so for {minutes} minutes.
The {device} in the {room}: {state}, {minutes} minutes.
{device} {state}, {room}, {minutes} min""".split("\n")
PLAIN_ON = [("It is dark in the {room}.", "lamp", "on"), ("I am cold in the {room}.", "heater", "on"), ("It is too hot in the {room}, I need air.", "fan", "on"), ("Some music in the {room}, please.", "radio", "on"),
            ("It is too bright in the {room}.", "lamp", "off"), ("The {room} is far too warm, stop heating.", "heater", "off"), ("It is too loud in the {room}.", "radio", "off")]
VERBS = [("Start the {device} in the {room}.", "on"), ("Stop the {device} in the {room}.", "off"), ("Shut down the {room} {device}.", "off"), ("Get the {device} going in the {room}, please.", "on"), ("We can do without the {device} in the {room}.", "off"),
         ("The {device} in the {room} may run now.", "on"), ("Enough of the {room} {device}!", "off"), ("Activate the {room} {device}.", "on"), ("Deactivate the {device}, {room}.", "off"), ("I would like to use the {device} in the {room}.", "on"),
         ("End the {device} in the {room}.", "off"), ("Wake up the {room} {device}.", "on"), ("The {room} {device} can rest now.", "off")]
REMIND = """Remind {person} at {time} to {about}.
Please remind {person} to {about} at {time}.
At {time} tell {person} to {about}.
Set a reminder for {person}: {about}, {time}.
{person} has to {about} at {time}, do not let that be forgotten.
Can you remind {person} that it is time to {about}? At {time}.
{time}: {person} should {about}
I promised that {person} will {about} at {time}. Send a reminder.
Do not let {person} forget to {about} at {time}.
{person} needs a reminder at {time}: {about}
Let {person} know at {time} to {about}.
Could {person} be told to {about}? {time} would be good.""".split("\n")

SAID = [   # new wording: (request, device, room, state, minutes)
    ("Shut off the fan in the office, would you?", "fan", "office", "off", 0), ("Lights on in the garage: the lamp, please.", "lamp", "garage", "on", 0), ("Kill the radio in the kitchen.", "radio", "kitchen", "off", 0),
    ("Fire up the heater in the bathroom.", "heater", "bathroom", "on", 0), ("Cut the fan, the one in the bedroom.", "fan", "bedroom", "off", 0), ("No more radio in the hallway.", "radio", "hallway", "off", 0),
    ("Power up the office lamp.", "lamp", "office", "on", 0), ("Is the heater in the garage running? Turn it off.", "heater", "garage", "off", 0), ("Bedroom blind on, thanks a lot.", "blind", "bedroom", "on", 0),
    ("Before I shower: heater on in the bathroom for 12 minutes.", "heater", "bathroom", "on", 12), ("Run the fan in the kitchen for 35 minutes.", "fan", "kitchen", "on", 35), ("Give me 18 minutes of radio on in the office.", "radio", "office", "on", 18),
    ("The hallway lamp may stay on for 55 minutes.", "lamp", "hallway", "on", 55), ("Let the garage fan rest for 70 minutes, so off.", "fan", "garage", "off", 70), ("Hi! Blind off in the kitchen.", "blind", "kitchen", "off", 0),
    ("You can switch that lamp in the bathroom off now.", "lamp", "bathroom", "off", 0), ("My office is freezing. Heater on.", "heater", "office", "on", 0), ("Lamp, hallway, on!", "lamp", "hallway", "on", 0),
    ("Heater on. Bedroom.", "heater", "bedroom", "on", 0), ("It would be nice to have the radio on in the garage.", "radio", "garage", "on", 0), ("Off with the bathroom fan.", "fan", "bathroom", "off", 0),
    ("Nobody uses the kitchen now, so lamp off there.", "lamp", "kitchen", "off", 0), ("While I cook, 65 minutes, fan on in the kitchen.", "fan", "kitchen", "on", 65), ("I'd love the bedroom radio to be on for 22 minutes.", "radio", "bedroom", "on", 22),
    ("Please close up: blind on in the office.", "blind", "office", "on", 0), ("In the hallway the heater is still going, off please.", "heater", "hallway", "off", 0), ("Guests are coming, hallway lamp on for 80 minutes.", "lamp", "hallway", "on", 80),
    ("Turn the thing in the garage off, the radio.", "radio", "garage", "off", 0), ("Fan on, bathroom, 8 minutes", "fan", "bathroom", "on", 8), ("I leave the bedroom now. Lamp off, please!", "lamp", "bedroom", "off", 0),
]
ASKED = [   # new wording: (request, person, time, about)
    ("Ring Olga at 8:05 so that she can feed the hens.", "Olga", "8:05", "feed the hens"), ("A reminder for Kurt at 14:20, please: buy milk.", "Kurt", "14:20", "buy milk"), ("Tell Vera to call grandma. 17:10 is fine.", "Vera", "17:10", "call grandma"),
    ("Ping Max about this at 11:45: sweep the yard.", "Max", "11:45", "sweep the yard"), ("Please nudge Ines at 20:30 to lock the shed.", "Ines", "20:30", "lock the shed"), ("Igor tends to forget things. Remind him... I mean Igor, 9:40, take the keys.", "Igor", "9:40", "take the keys"),
    ("At 16:15 Pia must be reminded to pay the bill.", "Pia", "16:15", "pay the bill"), ("New reminder. Person: Leo. Time: 7:55. About: pack the lunch.", "Leo", "7:55", "pack the lunch"), ("Would you tell Anton at 18:50 to set the table?", "Anton", "18:50", "set the table"),
    ("Make a note for Clara: 13:05, print the tickets.", "Clara", "13:05", "print the tickets"), ("When it is 19:35, remind Otto to call home.", "Otto", "19:35", "call home"), ("I need Selma to fetch the kids at 15:25, remind her.", "Selma", "15:25", "fetch the kids"),
    ("Jan, 10:10, mow the grass. A reminder please.", "Jan", "10:10", "mow the grass"), ("Help Karin remember to take the bread out at 12:25.", "Karin", "12:25", "take the bread out"), ("Alert Finn at 21:15: brush the dog.", "Finn", "21:15", "brush the dog"),
    ("Can Zoe get a message at 6:35? She has to open the gate.", "Zoe", "6:35", "open the gate"), ("Rosa should not forget to sort the mail, remind her at 10:50.", "Rosa", "10:50", "sort the mail"), ("Reminder: Theo, 22:05, check the stove.", "Theo", "22:05", "check the stove"),
    ("You must remind Greta about one thing at 17:55, and that is to close the windows.", "Greta", "17:55", "close the windows"), ("Say to Milo at 8:45: bring the umbrella.", "Milo", "8:45", "bring the umbrella"), ("Nora wants a reminder at 14:35 to stretch the legs.", "Nora", "14:35", "stretch the legs"),
    ("Let us remind Ben at 19:05 to water the herbs.", "Ben", "19:05", "water the herbs"), ("16:25 would be the time to tell Ada to switch the wash.", "Ada", "16:25", "switch the wash"), ("Write down for Uwe: at 7:05 shovel the snow.", "Uwe", "7:05", "shovel the snow"),
]


def row(request, name, arguments, number):
    call = {"id": f"call_{number:03d}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
    return {"messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": request[0].upper() + request[1:]}, {"role": "assistant", "tool_calls": [call]}], "tools": TOOLS}


def switch(request, device, room, state, minutes, number):
    return row(request, "switch", {"room": CIRCUIT[room], "device": device, "state": state, "minutes": minutes}, number)


class Source:
    """Requests from the patterns with values of one side (training or tests), none of them twice."""

    def __init__(self, random):
        self.random, self.used, self.number, self.turn = random, set(), 0, 0

    def once(self, make):
        while True:
            request, *rest = make()
            if request not in self.used:
                self.used.add(request)
                self.number += 1
                return request, rest

    def switched(self, pattern, test, state=None):
        pick = self.random.choice
        self.turn += 1
        def make():
            values = dict(room=list(CIRCUIT)[self.turn % len(CIRCUIT)], device=pick(DEVICE), state=state or pick(["on", "off"]), minutes=pick(MINUTES[test]))
            return pattern.format(**values), values["device"], values["room"], values["state"], values["minutes"] if "{minutes}" in pattern else 0
        request, rest = self.once(make)
        return switch(request, *rest, self.number)

    def felt(self, entry, test):
        def make():
            room = self.random.choice(list(CIRCUIT))
            return entry[0].format(room=room), entry[1], room, entry[2], 0
        request, rest = self.once(make)
        return switch(request, *rest, self.number)

    def reminded(self, pattern, test):
        pick = self.random.choice
        def make():
            values = dict(person=pick(PERSON[test]), time=pick(TIME[test]), about=pick(ABOUT[test]))
            return pattern.format(**values), values
        request, rest = self.once(make)
        return row(request, "remind", rest[0], self.number)


def make(random):
    """The four files as lists of rows."""
    source = Source(random)
    train = [source.switched(p, 0) for p in SWITCH * 2 + TIMED * 2] + [source.switched(p, 0, state) for p, state in VERBS] + [source.felt(e, 0) for e in PLAIN_ON] + [source.reminded(p, 0) for p in REMIND * 2]
    validation = [source.switched(p, 0) for p in random.sample(SWITCH, 10) + random.sample(TIMED, 6)] + [source.reminded(p, 0) for p in random.sample(REMIND, 8)]
    values = [source.switched(p, 1) for p in SWITCH + TIMED] + [source.switched(p, 1) for p in random.sample(TIMED, 3)] + [source.switched(p, 1, state) for p, state in random.sample(VERBS, 5)] + [source.reminded(p, 1) for p in REMIND * 2] + [source.felt(e, 1) for e in PLAIN_ON[:6]]
    wording = [switch(*entry, 900 + i) for i, entry in enumerate(SAID)] + [row(r, "remind", dict(person=p, time=t, about=a), 950 + i) for i, (r, p, t, a) in enumerate(ASKED)]
    return {"train": train, "validation": validation, "test_values": values, "test_wording": wording}
