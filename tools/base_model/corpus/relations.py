"""What texts say: relations with many ways to state them and to ask for them. Shared by reading, extraction, records and mails."""

# about a person: key: (value kind, statements, questions); {n} is the person
PERSON = {
    "city": ("city", "{n} [lives in|has a flat in|moved to|grew up in|is at home in|comes from] <v>.;{n} has [lived|stayed] in <v> for years.;<v> is where {n} lives.;Home for {n} is <v>.",
             "Where does {n} live?;[Which|What] [city|town] does {n} live in?;In which [city|town] is {n} at home?;Where is {n}'s home?;Name the [city|town] of {n}."),
    "job": ("job", "{n} [works as a|is a|earns a living as a|has a job as a|became a|was hired as a] <v>.;{n}'s job is <v>.;By trade {n} is a <v>.",
            "What is the job of {n}?;What does {n} do [for a living|for work]?;What is {n}'s [job|profession|occupation]?;What does {n} work as?;Which job has {n}?"),
    "food": ("food", "{n} [likes|loves|really likes|is fond of|prefers|cannot resist] <v>.;{n}'s favourite food is <v>.;Nothing tastes better to {n} than <v>.",
             "What does {n} like?;What [food|dish] does {n} [like|prefer|love]?;What is {n}'s favourite food?;What does {n} like to eat?"),
    "thing": ("item", "{n} [has|owns|bought|got|picked|found|received|was given|ordered|is selling] a <v>.;A <v> belongs to {n}.;{n} came [home |]with a <v>.;In {n}'s bag there is a <v>.",
              "What does {n} have?;What did {n} [buy|get|find|receive|bring]?;What belongs to {n}?;Which [thing|item|object] does {n} own?"),
    "age": ("age", "{n} is <v> years old.;{n} [just |]turned <v>.;{n} is <v>.;At the age of <v>, {n} is still curious.;{n} is aged <v>.",
            "How old is {n}?;What is {n}'s age?;What age is {n}?;How many years old is {n}?;Tell me the age of {n}."),
    "animal": ("animal", "{n} [owns|keeps|has|feeds|walks|looks after] a <v>.;{n}'s pet is a <v>.;A <v> lives with {n}.",
               "Which animal does {n} [own|have|keep]?;What pet does {n} have?;What animal lives with {n}?;What kind of pet is {n}'s?"),
    "sport": ("sport", "{n} [plays|is good at|practises|does|trains for] <v>.;{n}'s sport is <v>.;On weekends {n} does <v>.",
              "Which sport does {n} [play|do]?;What sport does {n} practise?;What is {n}'s sport?"),
    "hobby": ("hobby", "{n} [enjoys|loves|spends evenings with|relaxes with] <v>.;{n}'s hobby is <v>.;After work {n} turns to <v>.",
              "What is {n}'s hobby?;What does {n} enjoy?;How does {n} spend [free time|the evenings]?;Which hobby has {n}?"),
    "instrument": ("instrument", "{n} [plays|is learning|practises] the <v>.;{n}'s instrument is the <v>.",
                   "Which instrument does {n} play?;What instrument does {n} [play|learn]?;What does {n} play in the band?"),
    "language": ("language", "{n} [speaks|is learning|teaches|studies|knows some] <v>.;{n}'s [first|second] language is <v>.",
                 "Which language does {n} [speak|learn|know]?;What language is {n} [learning|speaking]?;What does {n} speak?"),
    "vehicle": ("vehicle", "{n} [goes to work|travels|arrived|came|gets around] by <v>.;{n} takes the <v>.",
                "How does {n} [travel|get around|go to work]?;How did {n} [come|arrive]?;What does {n} take?"),
    "email": ("email", "{n}'s [email|mail address] is <v>.;[Write|Send a mail] to {n} at <v>.;You reach {n} under <v>.",
              "What is {n}'s email?;What is the [email|mail] address of {n}?;How can I write to {n}?"),
    "phone": ("phone", "{n}'s [number|phone number] is <v>.;Call {n} at <v>.;You can ring {n} on <v>.",
              "What is {n}'s [phone |]number?;What number does {n} have?;How can I call {n}?"),
    "day": ("day", "{n} [comes|visits|arrives|has a lesson|is free|starts] on <v>.;{n}'s appointment is on <v>.;See {n} on <v>.",
            "When does {n} [come|arrive|start]?;[On which day|What day] [comes {n}|does {n} come]?;Which day is it for {n}?"),
    "seat": ("seat", "{n} [sits in|has|got|booked|is in] seat <v>.;Seat <v> is for {n}.", "[Which|What] seat [has {n}|does {n} have]?;Where does {n} sit?"),
    "boss": ("name", "{n}'s [boss|manager|teacher|doctor|coach] is <v>.;{n} [reports to|learns from|is managed by] <v>.", "Who is {n}'s [boss|manager|teacher|coach]?;Who does {n} report to?"),
    "company": ("company", "{n} works [at|for] <v>.;{n}'s employer is <v>.;{n} joined <v>.", "Where does {n} work?;Which company does {n} work for?;Who is {n}'s employer?"),
}

# about an order, trip, event or thing: key: (kind, statements, questions)
MATTER = {
    "name": ("name", "My name is <v>.;I am <v>.;This is <v> [writing|speaking].;[Signed|Regards|Best|Yours|Thanks], <v>.;The name is <v>.;It is booked for <v>.;<v> here.", "What is the name?;Who [wrote this|is writing|is speaking]?;Whose name is given?;Who is it?"),
    "city": ("city", "[I live in|We met in|It must go to|We are in|It is for our office in|The place is|I am writing from] <v>.;The city is <v>.", "[What|Which] is the city?;Which city is [named|meant|it]?;Where is it?;What city is it?"),
    "email": ("email", "[Write to|My email is|Reach me at|Please answer to|Mail me at|Contact:] <v>.", "What is the email[ address|]?;Which [mail|email] address is given?;Where can I write to?"),
    "phone": ("phone", "[Call|My number is|Ring me on|Phone:|You can call me on|Text me at] <v>.", "What is the phone number?;Which number [should I call|is given]?;What is the phone?"),
    "age": ("age", "[I am|He is|She is|The child is] <v> years old.;[He|She|My son] [just |]turned <v>.", "What is the age?;How old [is the person|are they]?;Which age is given?"),
    "job": ("job", "[I work as a|She is a|He is a|We need a|They hired a] <v>.;The job is <v>.", "What is the job?;Which [job|profession] is [named|it]?"),
    "color": ("color", "[The color is|It should be|Please take|It is|We want it in|Paint it] <v>.", "[What|Which] color is it?;What is the color?;In which color?"),
    "product": ("thing", "[I bought a|Please send the|We need a|I ordered a|My order is a|It is about the|I want to buy a|You sold me a] <v>.", "What is the product?;Which product is [it about|meant|named]?;What was [bought|ordered]?"),
    "price": ("price", "[It costs|I paid|The price is|It was|That makes|The bill says|They ask for] <v>.", "What is the price?;How much [is it|does it cost|was paid]?;What does it cost?"),
    "count": ("count", "We [want|need|take|would like] <v> of them.;[Quantity|Number of pieces|How many:] <v>.;Please send <v> [pieces|of those].;There are <v> of us.", "What is the count?;How many?;How many [are needed|do they want]?;What is the quantity?"),
    "date": ("date", "[It was on|Come on|The date is|We meet on|It starts on|Due on|Delivery is planned for|We leave on] <v>.", "What is the date?;[When|On which date] is it?;Which date is given?"),
    "time": ("time", "[We start at|Be there at|The time is|It begins at|Doors open at|Let us meet at|The call is at] <v>.", "What is the time?;[When|At what time] does it start?;What time is it?"),
    "day": ("day", "[See you on|Every|We come on|It takes place on|The meeting is on|Closed on] <v>.", "[What|Which] day is it?;What is the day?;On which day?"),
    "room": ("room", "[It is in the|Look in the|We are in the|Put it in the|It happened in the|Bring it to the] <v>.", "[What|Which] room is it?;What is the room?;In which room?"),
    "code": ("code", "[The code is|Use|Code:|My booking code is|Enter|Reference] <v>.", "What is the code?;Which code [is it|should I use]?;What is the reference?"),
    "order": ("order", "[My order is|Order|Order number|It is about order|The order number is|Ref. order] <v>.", "What is the order[ number|]?;Which order is it?;What is the number of the order?"),
    "street": ("street", "[The address is|Send it to|We live at|It is at|Deliver to|Our shop is at] <v>.", "What is the [address|street]?;Where should it go?;Which address is given?"),
    "seat": ("seat", "[My seat is|I sit in|Seat|We have seat] <v>.", "[What|Which] seat is it?;What is the seat?"),
    "weight": ("weight", "[It weighs|The weight is|The parcel has|Weight:] <v>.", "What is the weight?;How heavy is it?;How much does it weigh?"),
    "length": ("length", "[It is|The length is|It measures|Length:] <v>[ long|].", "What is the length?;How long is it?"),
    "material": ("material", "[It is made of|The material is|I want it in|It should be made of] <v>.", "[What|Which] material is it?;What is it made of?;What is the material?"),
    "company": ("company", "[I work for|We are|The company is|It was made by|The seller is|I am calling from] <v>.", "[What|Which] is the company?;Which company is it?;What is the company called?"),
    "title": ("title", "[The book is|We saw|I am reading|The film is|The title is|They played] \"<v>\".", "What is the title?;Which title is given?;What is it called?"),
    "percent": ("percent", "[The discount is|We get|That is|It rose by|The share is|It fell by] <v>.", "[What|How much] is the percentage?;How many percent?;What is the share?"),
    "version": ("version", "[The version is|I use version|It runs on version|Version] <v>.", "[What|Which] version is it?;What is the version?"),
    "subject": ("subject", "[The subject is|The lesson is about|I teach|The course is|We study] <v>.", "[What|Which] subject is it?;What is the subject?"),
    "team": ("team", "[I support|We play against|The winner was|They lost to|My team is] <v>.", "[What|Which] team is it?;What is the team?"),
    "minutes": ("minutes", "[It takes|Wait|The walk is|Set it to|It lasts] <v> minutes.", "How many minutes?;How long does it take?;What is the duration?"),
    "food": ("food", "[We eat|For lunch there is|Please bring|The recipe is for|I would like the] <v>.", "[What|Which] food is it?;What is the food?;What is there to eat?"),
    "vehicle": ("vehicle", "[We come by|Take the|I travel by|It goes by] <v>.", "[What|Which] vehicle is it?;How do they travel?"),
}

FILLER = """[Hello|Hi|Dear all|Good morning|Good evening|Hey|Hi there|To whom it may concern][,|!]
[I hope you are well.|I hope this finds you well.|How are you?|Long time no see.]
[Thanks|Thank you|Many thanks|Thanks a lot|Cheers][ in advance| for your help| for your time|][.|!]
[It has been a long week.|It is raining again.|The weather is lovely today.|What a day.|We just had lunch.|The train was full this morning.]
[I was told to write here.|A friend told me about you.|I found your address online.|My neighbour said you could help.|This is my first time writing.]
[I have been [waiting|thinking about it] for [days|weeks|a while].|It is a bit urgent.|There is no rush.|Take your time.|Please be quick.]
[My [brother|sister|neighbour|cousin|mother] <first> says hello.|<first> sends regards.|Say hello to <first>.]
[We always liked your shop.|I have been a customer for <small> years.|I usually do not complain.|You were so kind last time.]
[Sorry for the long message.|Sorry to bother you.|I hope I got that right.|Let me know if anything is missing.|Just so you know.]
[The [dog|cat] is asleep on the sofa.|Somebody is playing the <instrument> next door.|I am writing this from the [bus|train|kitchen].]
[Everything else is fine.|That is all for now.|Nothing else has changed.|I think that is all.|More on this later.]
[See you soon.|Talk to you soon.|Have a nice day.|Kind regards|Best wishes|All the best][.|]""".split("\n")


def split_ways(table):
    """The tables above with their ways cut apart."""
    return {key: (kind, statements.split(";"), questions.split(";")) for key, (kind, statements, questions) in table.items()}


PERSON, MATTER = split_ways(PERSON), split_ways(MATTER)
