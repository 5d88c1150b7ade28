"""Word lists of the corpus: names, places, things and small facts, all written here."""


def pairs(text):
    """A dictionary from 'key:value, key:value'."""
    return dict(item.split(":") for item in text.replace("\n", " ").split(", "))


FIRST = """Ana Ben Carla David Eva Felix Grace Hugo Iris Jonas Karin Leo Maria Nina Oscar Paula Quinn Rosa Samuel Tina Umar Vera Walter Xenia
Yusuf Zoe Adam Bella Carlos Diana Emil Fiona Georg Helen Ivan Julia Kevin Laura Marco Nora Olaf Petra Ralf Sofia Tom Ursula Viktor
Wendy Yara Zack Alice Bruno Clara Dario Elena Frank Gina Harold Ines Jakob Kira Luis Mona Nils Olivia Pedro Rita Simon Thea Uwe Vito
Willa Anders Bianca Cesar Dora Edgar Flora Gregor Hanna Igor Jana Kofi Lena Milo Noah Otto Pia Raul Selma Tariq Mira Amira Boris Chiara
Dmitri Esther Fatima Gustav Hilda Ibrahim Joel Kemal Lucia Mateo Nadia Omar Priya Ruben Sara Theo Ulla Vanessa Wanda Ximena Yann Zora
Agnes Basil Celia Derek Elsa Farid Gemma Heidi Ismael Judith Klaus Lars Malik Noemi Oskar Philip Renata Stefan Tamara Urs Vivian Will
Yolanda Zeno Amelia Benoit Camille Dylan Edith Florian Greta Henry Isla Jack Kate Liam Mary Nathan Orla Peter Ruth Sean Tess Victor
Willem Yuki Aiko Chen Deepak Emeka Fumi Goran Hana Imran Jin Kwame Lin Mei Naveen Oluwa Ping Rahul Sanjay Thabo Uma Vikram Wei Zainab""".split()
LAST = """Lopez Becker Smith Tanaka Rossi Novak Dubois Silva Berg Moreau Khan Weber Ortiz Larsen Kim Costa Meyer Petrov Singh Adams Brown Clark
Diaz Evans Fischer Garcia Hughes Ivanov Jensen Keller Lang Martin Nguyen Owens Parker Quist Reyes Schmidt Turner Ueda Vogel Wagner
Young Zeller Abbott Baker Cohen Dunn Ellis Foster Grant Hayes Irving James Kowalski Lind Mason Nash Olsen Price Rhodes Stone Tate
Underwood Vance West York Zimmer Ahmed Bauer Carter Dietrich Eriksen Ferrari Gupta Hansen Ito Johansson Kaya Lombardi Mueller Nowak
Okafor Papadopoulos Quiroga Romero Sato Thompson Usman Vasquez Wong Yamada Zhang Allen Bell Cooper Duarte Edwards Fletcher Green Harris
Ibsen Jones Klein Lewis Moore Nielsen Osman Perez Ramos Santos Taylor Ulrich Varga Walker Wilson Yilmaz Ziegler Hall King Scott Hill
Ward Cook Wood Kelly Roy Bose Chan Ali""".split()
CAPITAL = pairs("""France:Paris, Germany:Berlin, Italy:Rome, Spain:Madrid, Portugal:Lisbon, Austria:Vienna, Poland:Warsaw, Norway:Oslo, Sweden:Stockholm,
Finland:Helsinki, Denmark:Copenhagen, Ireland:Dublin, Greece:Athens, Hungary:Budapest, Egypt:Cairo, Kenya:Nairobi, Japan:Tokyo,
China:Beijing, India:Delhi, Thailand:Bangkok, Vietnam:Hanoi, Cuba:Havana, Peru:Lima, Chile:Santiago, Canada:Ottawa, Mexico:Mexico City,
Brazil:Brasilia, Russia:Moscow, Turkey:Ankara, Iran:Tehran, Iraq:Baghdad, Ghana:Accra, Nepal:Kathmandu, Iceland:Reykjavik,
Belgium:Brussels, Croatia:Zagreb, Serbia:Belgrade, Romania:Bucharest, Bulgaria:Sofia, Ukraine:Kyiv, Colombia:Bogota, Argentina:Buenos
Aires, Morocco:Rabat, Sudan:Khartoum, Ethiopia:Addis Ababa, Netherlands:Amsterdam, Switzerland:Bern, Estonia:Tallinn, Latvia:Riga,
Lithuania:Vilnius, Slovakia:Bratislava, Slovenia:Ljubljana, Malta:Valletta, Jordan:Amman, Lebanon:Beirut, Israel:Jerusalem,
Pakistan:Islamabad, Indonesia:Jakarta, Malaysia:Kuala Lumpur, Philippines:Manila, Australia:Canberra, Tunisia:Tunis, Libya:Tripoli,
Uganda:Kampala, Bolivia:Sucre, Uruguay:Montevideo, Jamaica:Kingston""")
CITY = sorted(set(CAPITAL.values())) + """Hamburg Lyon Milan Porto Boston Chicago Denver Seattle Toronto Sydney Kyoto Mumbai Lagos Naples Krakow Bergen Graz Zurich Geneva
Bristol Leeds Austin Dallas Miami Osaka Busan Munich Cologne Leipzig Dresden Bonn Turin Genoa Palermo Verona Seville Valencia Bilbao
Malaga Nice Lille Nantes Toulouse Bordeaux Ghent Antwerp Bruges Utrecht Rotterdam Malmo Uppsala Tampere Turku Aarhus Odense Cork Galway
Glasgow Cardiff Oxford York Exeter Plymouth Salzburg Linz Basel Lausanne Gdansk Poznan Brno Split Patras Izmir Bursa Haifa Tangier
Mombasa Durban Lahore Chennai Pune Kobe Nagoya Daegu Perth Darwin Calgary Quebec Portland Phoenix Memphis Atlanta Houston Tampa Boise
Omaha Cusco Santos Rosario""".split()
OPPOSITE = pairs("""hot:cold, big:small, fast:slow, up:down, day:night, old:new, happy:sad, wet:dry, light:dark, full:empty, open:closed, hard:soft,
high:low, early:late, rich:poor, strong:weak, clean:dirty, loud:quiet, thick:thin, wide:narrow, long:short, young:old, left:right,
good:bad, love:hate, start:end, win:lose, buy:sell, push:pull, near:far, true:false, sweet:sour, rough:smooth, sharp:blunt,
deep:shallow, brave:afraid, rise:fall, arrive:leave, question:answer, friend:enemy, inside:outside, front:back, always:never,
heavy:light, tall:short, cheap:expensive, easy:difficult, begin:finish, remember:forget, first:last, summer:winter, north:south,
east:west, alive:dead, safe:dangerous, same:different, top:bottom, give:take, laugh:cry, awake:asleep""")
SOUND = pairs("""dog:bark, cat:meow, cow:moo, sheep:baa, duck:quack, lion:roar, horse:neigh, pig:oink, bee:buzz, snake:hiss, wolf:howl, frog:croak,
owl:hoot, mouse:squeak, crow:caw, hen:cluck, rooster:crow, goat:bleat, donkey:bray, turkey:gobble, bear:growl""")
YOUNG = pairs("""dog:puppy, cat:kitten, cow:calf, sheep:lamb, duck:duckling, lion:cub, horse:foal, pig:piglet, goose:gosling, goat:kid, frog:tadpole,
kangaroo:joey, deer:fawn, swan:cygnet, owl:owlet, hen:chick, bear:cub, fox:kit, eagle:eaglet, rabbit:bunny, seal:pup, hare:leveret""")
COLOR_OF = pairs("""grass:green, snow:white, coal:black, blood:red, sky:blue, banana:yellow, carrot:orange, chocolate:brown, tomato:red, lemon:yellow,
ocean:blue, milk:white, leaf:green, strawberry:red, raven:black, mud:brown, fire:red, cucumber:green, orange:orange, salt:white,
flamingo:pink, frog:green, cloud:white, night:black, sun:yellow, plum:purple, pumpkin:orange, sugar:white, rose:red, pea:green""")
PAST = pairs("""walk:walked, play:played, jump:jumped, cook:cooked, go:went, see:saw, eat:ate, run:ran, write:wrote, sing:sang, take:took, give:gave,
know:knew, buy:bought, think:thought, find:found, make:made, come:came, speak:spoke, drive:drove, begin:began, break:broke,
bring:brought, build:built, catch:caught, choose:chose, draw:drew, drink:drank, fall:fell, feel:felt, fly:flew, forget:forgot, get:got,
hear:heard, hold:held, keep:kept, leave:left, lose:lost, meet:met, pay:paid, read:read, ride:rode, say:said, sell:sold, send:sent,
sit:sat, sleep:slept, stand:stood, swim:swam, teach:taught, tell:told, throw:threw, wear:wore, win:won, talk:talked, open:opened,
close:closed, visit:visited, wash:washed, paint:painted, help:helped, call:called, clean:cleaned, carry:carried, try:tried,
stop:stopped, plan:planned, love:loved, move:moved, use:used""")
ANIMAL = """dog cat cow sheep duck lion horse pig bee snake wolf frog owl mouse crow goat rabbit fox bear tiger camel eagle shark whale turtle hen
goose donkey turkey parrot hamster beetle lizard otter beaver badger hedgehog squirrel penguin dolphin salmon crab spider moth swan
pigeon falcon monkey panda zebra giraffe""".split()
FOOD = """bread cheese apple banana carrot tomato lemon soup rice pasta pizza cake honey butter potato onion pepper salad yogurt cookie mango
plum pear bean sandwich pancake noodle sausage omelette dumpling curry waffle muffin pretzel grape cherry peach melon fig olive garlic
leek spinach radish lentil almond walnut cinnamon ginger""".split()
THING = """lamp chair table book phone clock camera bottle jacket shoe ticket guitar bicycle laptop printer mirror pillow blanket kettle backpack
wallet umbrella helmet drill ladder candle basket vase brush sofa desk shelf monitor keyboard tent rope toaster blender fridge oven
mixer heater router tablet charger headset speaker scanner drone watch scarf glove hat coat boot sandal belt ring necklace suitcase pen
notebook calendar stapler scissors hammer saw wrench bucket broom mop towel curtain carpet stool bench drawer cupboard mattress hose
shovel rake wheelbarrow fan radio television projector microscope telescope violin drum flute puzzle kite skateboard scooter tricycle
canoe paddle racket ball whistle compass lantern thermos mug plate bowl fork spoon pan""".split()
COLOR = """red blue green yellow black white brown orange purple pink grey silver beige turquoise violet crimson golden navy olive maroon""".split()
JOB = """doctor teacher baker pilot lawyer nurse farmer painter driver singer writer chef engineer plumber dentist gardener judge tailor
mechanic electrician butcher librarian florist carpenter journalist translator accountant architect cashier cleaner clerk coach curator
designer detective diver editor fisherman fireman geologist guide hairdresser jeweller joiner locksmith magician manager mason miner
musician optician pharmacist photographer physicist porter postman potter programmer reporter sailor scientist secretary shepherd
soldier surgeon technician trainer vet waiter""".split()
GOOD = """great wonderful excellent lovely fantastic superb amazing delightful perfect brilliant charming pleasant good nice splendid marvellous
reliable beautiful friendly flawless tasty comfortable helpful handy""".split()
BAD = """terrible awful horrible boring broken useless dreadful poor disappointing ugly rude nasty bad annoying faulty cheap uncomfortable slow
noisy flimsy dirty bland unreliable unfriendly""".split()
MONTH = "January February March April May June July August September October November December".split()
DAY = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
ROOM = """kitchen bedroom bathroom garage office hallway basement garden attic studio cellar pantry lobby nursery library balcony terrace porch
workshop laundry""".split()
STREET = "Oak Elm Mill Park Station Church River Garden Market Castle Hill Lake School Bridge Forest Harbour King Queen Abbey Chapel Orchard Meadow Canal Tower Windmill".split()
COMPANY = "Northwind Bluebird Acorn Summit Harbor Redwood Pinnacle Lighthouse Evergreen Silverline Cobalt Maple Horizon Falcon Granite Juniper Meridian Nimbus Orbit Quartz Riverbend Sparrow Tandem Vertex Willow Zephyr".split()
SUBJECT = "mathematics history biology chemistry physics geography music art drama French Spanish German Latin economics philosophy".split()
SPORT = "tennis football hockey chess golf rugby cricket badminton volleyball basketball swimming rowing cycling skiing judo fencing archery".split()
HOBBY = "painting hiking knitting gardening cooking fishing reading dancing singing sailing climbing pottery photography baking birdwatching".split()
INSTRUMENT = "piano violin guitar flute drums trumpet cello harp clarinet saxophone organ banjo".split()
LANGUAGE = "English French German Spanish Italian Portuguese Dutch Polish Turkish Arabic Hindi Japanese Korean Chinese Greek Swedish".split()
MATERIAL = "wood steel glass leather cotton plastic wool paper silk bamboo copper clay".split()
VEHICLE = "car bus train tram boat ferry plane truck van taxi motorbike bicycle".split()
