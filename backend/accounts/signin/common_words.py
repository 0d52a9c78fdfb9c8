"""Words that passwords are made of, by how soon somebody who guesses tries them; written down here, taken from no list.

How it was made: what people type when a form wants a password, then names of the calendar, of people, animals, teams
and games, in the languages of the schools we know; each group in the order in which one would try it. Words below three
letters are left to the digits and letters they are made of. Endings, capitals and look-alike digits are not here:
`patterns.py` knows the rules for them.
"""

from typing import Final

# The first thing that comes to anybody's mind.
_FIRST: Final = """
password passwort passwd pass passwords motdepasse contrasena contrasenya senha parola haslo wachtwoord losenord
salasana jelszo heslo sifre kodeord passord geheim geheimnis secret secreto segredo segreto sekret welcome willkommen
bienvenue bienvenido benvenuto welkom letmein login logon signin admin administrator root user guest gast test testing
tester temp temporary default changeme change master superuser hello hallo bonjour hola ciao salut access zugang open
sesame opensesame abc xyz qwerty qwertz azerty asdf yxcv zxcv iloveyou ichliebedich jetaime teamo tiamo love liebe
amour amor amore trustno nopassword kennwort unknown school schule ecole escuela scuola escola szkola skola lesson
class klasse teacher lehrer lehrerin pupil student schueler roblox robux minecraft fortnite toolboxai toolbox studio
computer internet google
"""

# The calendar, colours, and what people are fond of.
_SECOND: Final = """
january february march april may june july august september october november december januar februar maerz marz mai
juni juli oktober dezember janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre enero
febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag
lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes sabado domingo
spring summer autumn fall winter fruehling fruhling sommer herbst printemps automne hiver primavera verano otono
invierno christmas weihnachten easter ostern birthday geburtstag
red blue green yellow black white orange purple pink brown silver gold golden rot blau gruen grun gelb schwarz weiss
rouge bleu vert jaune noir blanc rojo azul verde amarillo negro blanco
dragon monkey tiger lion eagle shark wolf bear horse pony unicorn dolphin panda kitty cat dog puppy bunny rabbit
butterfly spider snake chicken katze hund pferd loewe adler hase maus chat chien cheval perro gato
football fussball soccer baseball basketball hockey tennis volleyball handball swimming dance music guitar piano
sunshine princess prinzessin prince king queen angel engel devil teufel magic shadow star stern superstar hunter
killer ninja pirate soldier batman superman spiderman pokemon pikachu mario zelda sonic starwars yoda matrix harry
potter hogwarts disney barbie frozen elsa naruto goku
cheese chocolate schokolade cookie banana apple orange cherry strawberry pizza pepper ginger coffee kaffee
freedom freiheit peace friend friends freund freunde family familie mother father mama papa mami papi baby sweet
honey schatz schatzi darling sexy hottie lovely flower blume sunflower rose lily happy lucky cool super awesome
power energy turbo ferrari porsche mercedes audi bmw mustang corvette yamaha harley
whatever nothing something forever always never number thank please flash thunder lightning diamond crystal phoenix
ranger maverick falcon cowboy yankee redskin merlin gandalf hobbit
"""

# First names, countries, towns, clubs, and the small words that sentences are made of.
_THIRD: Final = """
anna maria emma mia lena lea laura lisa sarah sara julia sophie sophia hannah johanna marie charlotte emily emilia
clara klara luisa nina jana jennifer jessica michelle nicole ashley amanda samantha stephanie melissa elizabeth
katharina christina christine sabine petra monika susanne andrea claudia olivia isabella ava mila zoe chloe lucia
paula carmen elena ana ines fatima aisha leyla elif zeynep olga natasha irina
michael thomas andreas peter stefan christian martin daniel david alexander max maximilian lukas luca leon paul felix
jonas tim tom ben noah elias finn jan philipp florian tobias sebastian matthias markus robert william james john
george charles joseph jordan justin brandon tyler joshua matthew andrew anthony nicholas jack harry oliver oscar
charlie mohammed muhammad ahmed ali mehmet mustafa ivan sergey pedro pablo carlos juan jose diego antonio marco luigi
giovanni pierre jean louis hugo lucas mateo
germany deutschland france espana italia england london paris berlin hamburg muenchen munchen wien zuerich madrid
barcelona lisboa amsterdam dublin newyork texas america canada australia chelsea arsenal liverpool bayern dortmund
schalke juventus milan ajax celtic rangers
the and you are for not with this that have from they what your his her she him our out who get can will one all
would there their about which when make like time just know take people into year good some could them see other than
then now look only come its over think also back after use two how first well way even new want because any these give
day most ich bin ist und der die das mein dein nicht ein eine wir sie ihr von mit auf
three four five six seven eight nine ten eins zwei drei vier fuenf sechs sieben acht neun zehn
house tree water fire earth wind sky moon sun sea river mountain forest garden street city world home room table chair
book paper pencil phone mouse window door light night morning evening lunch dinner bread butter sugar milk
haus baum wasser feuer erde himmel mond sonne meer fluss berg wald garten stadt welt zimmer tisch stuhl buch papier
stift fenster licht nacht morgen abend brot milch zucker
"""

# Greetings, love, school and "password" in other alphabets.
_OTHER_ALPHABETS: Final = """
пароль привет любовь школа ученик учитель солнышко спартак наташа россия москва марина максим андрей
κωδικος σχολειο γεια αγαπη ελλαδα ελληνικα
парола здравей училище здраво лозинка школо україна київ
مرحبا مدرسة سلام حبيبي محمد كلمةالسر
סיסמה שלום אהבה
密码 你好 我爱你 学校 老师 学生 こんにちは パスワード がっこう 学校 せんせい 비밀번호 안녕하세요 사랑해 학교 선생님
"""

_BITS: Final = ((_FIRST, 5.0), (_OTHER_ALPHABETS, 6.0), (_SECOND, 8.5), (_THIRD, 10.0))


def common_words() -> dict[str, float]:
    """Every word with the bits of guessing it costs; a word that stands twice costs the less."""
    found: dict[str, float] = {}
    for words, bits in _BITS:
        for word in words.split():
            found.setdefault(word, bits)
    return found
