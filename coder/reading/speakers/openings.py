"""Who asks in a transcript without question marks, as automatic ones often are: whose turns begin as questions do."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

_MARK = re.compile(r"[?？؟]")
# A question without a mark is looked for near the beginning and the end of a long turn: its middle is a tale, in
# which others' questions are told ("and she said how do you feel").
_WHOLE, _HEAD, _TAIL = 40, 12, 25  # words
_SHORTEST_TURN = 4  # words; shorter ones agree or go on
_SHORTEST_WITHOUT_SPACES = 5  # characters
_WITHOUT_SPACES = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
# In talk among equals somebody may well ask four times; this is enough only of whoever opens the talk, asks nearly
# always, and speaks half as long at a time as the others.
_FEWEST_QUESTIONS, _FEWEST_IF_TERSE, _NEARLY_ALL, _TERSE = 5, 4, 0.75, 0.5
# The share of turns that must ask; less is enough of whoever opens the talk, and of whoever says little at a time.
_ENOUGH, _LESS_IF_FIRST, _LESS_IF_BRIEF = 0.6, 0.15, 0.15
# Nobody else may ask more often than this, beside the one who asks most.
_RIVAL, _LEAST_OF_ALL = 0.4, 0.5
# Of three voices and more, one that does not open the talk must have this share of all turns.
_PART_IN_GROUP = 1 / 3
_FEWEST_OF_SEVERAL = 3  # questions of each of several who ask in turns
# Where a third of the questions have their marks, somebody wrote marks, and those count.
_MARKED = 1 / 3
_SAMPLE, _SAMPLE_OF_EACH = 400, 40  # turns by which the language is told, of all voices and of each
_SENTENCE_END = re.compile(r"[.!](?<=\w\w[.!])(?<![A-Z][a-z]\.)\s+(?=\W*[^\W\d_a-z])|[。！](?=\w)")


@dataclass(frozen=True)
class _Language:
    """How questions begin: `asking` at any joint of a turn, `first` only where a turn or sentence begins.

    `end` is what asks anywhere in the last words of a turn; without full stops no joint shows where it begins.

    The patterns are made when they are first needed: few transcripts lack both labels that tell and question marks.
    """

    asking: str
    first: str
    end: str = "(?!)"

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
        """All three patterns, ready to search."""
        asking, first, end = (re.compile(one, re.IGNORECASE) for one in (self.asking, self.first, self.end))
        return asking, first, end


def _language(joints: str, asking: str, first: str = "", end: str = "(?!)") -> _Language:
    """Return a language from words behind which a question may begin, and how one begins."""
    words = joints.replace(" ", "|").replace("_", r"\s")
    fillers = rf"(?:(?:{words})[\s,.…-]+){{0,6}}"
    return _Language(
        rf"(?:^\W*|[.!…,;:–—-]\s*|\b(?:{words})\s+)(?:{asking})",
        rf"(?:^\W*|[.!…]\s+){fillers}(?:{first or asking})",
        end,
    )


_SUBJECT = "(?:you|your|it|that|this|the|they|their|these|those|he|she|his|her|there|people|we|things)"
_HELPING = "(?:do|does|did|is|are|was|were|would|could|can|will|have|has|had|should|don't|didn't)"
# "What I did was", "when it is", "how my mum was": the subject stands before the verb, so nothing is asked.
_NO_SUBJECT = rf"(?!(?:i|i'm|my|happened|happens|{_SUBJECT[3:-1]})\b)\w+"
_ENGLISH = _language(
    "hi hello so and but okay ok right alright um umm uh er erm hm hmm mm mhm yeah yes no well now then oh ah great"
    " good lovely perfect brilliant sure fine thanks thank_you i_see interesting sorry just also or cool wow"
    " excellent nice absolutely gotcha",
    rf"(?:how|what|why|where|who|when)(?:\s+{_NO_SUBJECT}){{0,3}}?\s+{_HELPING}\s+{_SUBJECT}\b"
    r"(?!\s+(?:call|say|called)\b)"
    rf"|(?:how|what|why|where)(?:\s+{_NO_SUBJECT}){{0,3}}?\s+(?:do|does|did)\s+(?!(?:i|is|was)\b)\w+"
    rf"|which(?:\s+{_NO_SUBJECT}){{1,2}}\s+{_HELPING}\s+{_SUBJECT}\b"
    rf"|(?:what|how|who|where)'s\s+{_SUBJECT}\b(?!\s+called)"
    r"|(?:what|how)\s+about\b|what\s+else\b|how\s+come\b|how\s+so\b|who\s+else\b|what\s+happen(?:s|ed)\b(?!(?:\s+\w+)?\s+(?:is|was))"
    r"|what\s+(?:made|makes|led|brought|helps|helped|stops|stopped|keeps|kept|put|puts|worries|bothers)\s+you\b|what\s+(?:would|could|might)\s+(?:help|make|be)\b"
    r"|(?:for\s+)?how\s+(?:often|long|many|much|old|far)\W*$|(?:what|which)\s+(?:kinds?|sorts?)\s+of\s+\w+(?:\s+\w+)?\W*$"
    r"|(?:do|did|would|have|are|were|can|could|will|had|don't|didn't|haven't|wouldn't|aren't)\s+you\b"
    r"(?!\s+(?:know(?:\s+what\s+i|\s+like|\W*$)|see\W*$|imagine|believe|get\s+me))"
    r"|(?:does|did|is|has|are|was|were|do|have|would)\s+your\b"
    r"|tell\s+(?:me|us)\b(?!\s+about\s+it\b)|(?:talk|walk|take)\s+(?:me|us)\s+through\b|talk\s+a\s+(?:little|bit)\b"
    r"|describe\s+(?:a|the|your|how|what|to|that)\b|i(?:'d|\s+would)\s+like\s+to\s+(?:ask|hear|know)\b"
    r"|i(?:'m|\s+am|\s+was)\s+(?:wondering|curious|going\s+to\s+ask)\b|i\s+want(?:ed)?\s+to\s+ask\b"
    r"|(?:is|are|was|were)\s+there\s+(?:any|something|other|times)"
    r"|anything\s+else\b|any\s+other\b|(?:my|the|one|a)\s+(?:next|last|final|more)\s+question\b"
    r"|can\s+i\s+(?:just\s+)?ask\b"
    r"|(?:in|to|at)\s+what\s+(?:way|extent|point)\b",
    rf"(?:is|are|was|were|does|did|has|have|would|could|will|can|should)\s+(?:{_SUBJECT}|any\w*)\s+\w+",
    r"(?<!\bsaid )(?<!\bsay )(?<!\bsays )(?<!\blike )(?<!\bwent )(?<!\bgoes )(?<!\bthink )(?<!\basked )(?<!\bto )"
    r"(?<!\bme )(?<!\bher )(?<!\bhim )(?<!\bwhat )(?<!\bhow )(?<!\bwhy )(?<!\bwhere )"
    rf"\b(?:(?:how|what|why|where)(?:\s+{_NO_SUBJECT}){{0,3}}?\s+{_HELPING}\s+{_SUBJECT}\b(?!\s+(?:call|say|called)\b)"
    r"|(?:what|how)'s\s+(?:it|that|your|this)\b(?!\s+called)|(?:do|did|would|have|are|were|can|could|will)\s+you\b(?!\s+know)"
    r"|(?:tell|talk)\s+(?:me|us)\s+(?:more|about|through)\b(?!\s+it\b)|what(?:\s+\w+)?\s+(?:would|could|might)\s+\w+)",
)
_GERMAN = _language(
    "hallo tag und also okay ok ja aber gut ähm äh mhm hm genau so nein ach achso schön danke super klar oder jetzt",
    r"(?:wie|was|warum|wieso|weshalb|wann|wo|wer|wem|wen|womit|wofür|wodurch|worauf|woran|wohin|woher|inwiefern"
    r"|inwieweit|welche[rsnm]?|seit\s+wann)\s+(?!(?:ich|wir|man|gesagt|gesehen|mein\w*|es|das|die|der|den|er|sie|wenn"
    r"|auch|immer|halt|eben|ein\w*|bei|beim|in|im|am|zum|zu|weiß|soll)\b)\w+"
    r"|(?:können|könnten|kannst|könntest|würden|würdest|möchten)\s+(?:sie|du|ihr)\b|erzähl(?:en\s+sie|e?)\b"
    r"|beschreib(?:en\s+sie|e?)\b|sagen\s+sie\b",
    r"(?:haben|hast|habt|sind|bist|waren|warst|gibt|gab|machen|machst|glauben|glaubst|denken|denkst|finden|findest"
    r"|nehmen|nimmst|gehen|gehst|wissen|hatten|hattest|werden|wurden|fühlen|fühlst|erinnern|nutzen|nutzt|sehen|bekommen"
    r"|kennen|wollen|war|ist|hat)\s+(?:sie|du|ihr|ihre|ihnen|es|das|da|dein)\b\s+\w+",
)
_DUTCH = _language(
    "hallo goedemorgen goedemiddag en dus oke oké ja maar goed eh ehm uh hm nou nee mooi precies",
    r"(?:hoe|wat|waarom|wanneer|waar|wie|welke?|hoeveel|waarmee|waarvoor|waardoor)\s+(?!(?:ik|we|wij|je|ze|zij|er|het|de|dat"
    r"|men|mijn|natuurlijk|dan|een|ook|bij|in)\b)\w+"
    r"|(?:kunt|kan|zou|wilt)\s+u\b|(?:kun|kan|zou|wil)\s+je\b|vertel\w*\s+(?:eens|me|mij|u)\b",
    r"(?:heb|hebt|heeft|bent|ben|was|had|vind|vindt|denk|denkt|weet|gaat|ga|doe|doet|ziet|zie|krijgt|krijg|is|zijn|waren)"
    r"\s+(?:je|jij|u|jullie|er|dat|het|uw)\b\s+\w+",
)
_FRENCH = _language(
    "bonjour et donc alors ok okay d'accord oui mais bon euh hum ben ah non bien merci voilà",
    r"est[- ]ce\s+qu|qu['’ ]est[- ]ce|comment\b(?!\s+(?:dire|je|on\s+dit))|pourquoi\b(?!\s+pas)|combien\b|quand\s+est"
    r"|où\s+est|quel(?:le)?s?\s+(?:est|sont|étai|a\s+été|\w+\s+(?:avez|as|est|sont))"
    r"|(?:avez|pouvez|pourriez|êtes)[- ]vous\b"
    r"|(?:peux|as|es|pourrais)[- ]tu\b|parlez[- ]moi|parle[- ]moi|racontez|raconte[- ]|dites[- ]moi|c['’]est\s+quoi\b"
    r"|(?:depuis|pendant)\s+(?:quand|combien)|(?:à|de|dans)\s+quel|vous\s+pouvez\s+(?:me|nous)\b"
    r"|que\s+(?:pensez|faites|diriez|ressentez|pense|s['’]est)|qui\s+(?:est|vous)\b",
)
_SPANISH = _language(
    "hola buenos_días y entonces bueno vale pero ok sí si no claro eh pues ya bien gracias a en de con para desde",
    r"(?:cómo|qué|cuándo|cuánt[oa]s?|dónde|por\s+qué|quién(?:es)?|cuál(?:es)?)\b(?!\s+(?:bien|bueno|va|pena|te\s+digo|sé\s+yo))"
    r"|(?:me\s+)?(?:puedes?|podrías?)\s+(?:contar|decir|describ|hablar|explicar)|cuént[ea]me|háb[lb]\w*me|dígame|dime\b"
    r"|(?:le|te)\s+(?:parece|gusta)\b|hay\s+algo\b",
    r"(?:tienes?|crees?|piensas?|usas?|sientes?|h?as?)\s+(?:usted|que|algun[oa]?|algún|tú|tenido|notado|sentido)\b",
)
_PORTUGUESE = _language(
    "olá oi bom_dia e então bom ok certo mas sim não ah né tá pois bem entendi obrigado obrigada",
    r"como\s+(?:é|foi|você|o\s+senhor|a\s+senhora|se|está|era|que)\b|(?:o\s+)?que\s+(?!(?:eu|acontece|me|nós|a\s+gente)\b)\w+"
    r"|por\s+qu[eê]\b|porque\s+é\s+que|quando\s+(?:você|é\s+que|foi\s+que)|quant[oa]s?\b|onde\s+(?!eu)\w+|quem\b|qua(?:l|is)\b"
    r"|me\s+(?:cont[ae]|fal[ae])\b|(?:você\s+)?(?:pode|poderia)\s+(?:me|contar|falar|descrever|explicar)\b|cont[ae]-me"
    r"|(?:você|a\s+senhora|o\s+senhor)\s+(?:acha|tem|já|sente|usa|faz|costuma|consegue)\b",
)
_ITALIAN = _language(
    "buongiorno ciao e ed quindi allora ok okay bene ma sì si no ah certo perfetto poi ecco da per con in di a",
    r"come\s+(?:è|va|si|ha|hai|sta|mai|le|ti|vi|avete|sono|vive|vivi|gestisce|fa|fai|era|reagi\w+)\b|(?:che\s+)?cosa\b(?!\s+che)"
    r"|perché\s+(?:ha|hai|è|lei|pensa)\b|quando\s+(?:ha|hai|è)\b|quant[oie]\b(?!\s+riguarda)|dove\s+(?:ha|hai|è|si|va|vive)\b"
    r"|chi\s+(?:è|le|ti|la)\b|qual(?:e|i)?\b|mi\s+(?:racconta|racconti|può|puoi|parli|parla|dica|dici)\b"
    r"|(?:può|puoi|potrebbe)\s+(?:dirmi|raccontarmi|descriver\w+|parlarmi)\b|hai?\s+mai\b|secondo\s+(?:lei|te)\b|c['’]è\s+qualcosa\b",
)
_NORDIC = _language(
    "hej hei och og så okej ok okay ja jo men mm eh øh nej nei bra godt fint precis",
    r"(?:hur|hvordan|hvorfor|varför|vad|hva|hvad|når|när|hvornår|hvor|vem|hvem|vilken|vilka|vilket|hvilken|hvilke|hvilket)\s+"
    r"(?!(?:jag|jeg|vi|man|som|det|den|de|hun|han|hon|min|mitt|mine|då|så|da|en|ett|et|folk)\b)\w+"
    r"|(?:kan|skulle|vill|vil|har)\s+(?:du|ni|dere)\b|berätta\b|fort(?:æ|e)ll?\s+",
    r"(?:har|kan|er|är|var|skulle|vil|vill|tycker|synes|føler|känner|tror|finns|gjorde|gør|gör|fick|fik)"
    r"\s+(?:du|ni|dere|det|der|din|dina|dit|ditt)\b\s+\w+",
)
_POLISH = _language(
    "dzień_dobry i a no ok okej dobrze tak nie ale aha mhm więc to jasne rozumiem dziękuję",
    r"jak\s+(?:pani|pan|państwo|to|się|wygląda\w*|długo|często|radzi\w*|ocenia\w*|czuj\w+|ty)\b|dlaczego\b|czemu\b|czy\s+\w+"
    r"|co\s+(?:pani|pan|państwo|to|by|jest|myśli\w*|sprawia|jeszcze|robi\w*|mówi\w*|na\s+to)\b|kiedy\s+(?:pani|pan|to)\b"
    r"|gdzie\s+(?:pani|pan|to)\b|kto\b|komu\b|ile\s+\w+|jak(?:i|ie|a|ich)\s+\w+|od\s+kiedy\b|skąd\b"
    r"|proszę\s+(?:opowiedzieć|powiedzieć|opisać|mi)\b|może\s+(?:pani|pan)\b|opowiedz\w*|powiedz\b",
)
_RUSSIAN = _language(
    "здравствуйте привет и а ну так хорошо да нет но угу ага понятно ясно вот то_есть окей спасибо",
    r"как\s+(?:вы|ты|это|вам|тебе|часто|долго|давно|именно|ваш\w*|у\s+вас|относ\w+|прош\w+|бы\s+вы)\b|почему\b|зачем\b"
    r"|что\s+(?:вы|ты|вам|тебе|для\s+вас|говор\w+|думает\w*|ещё|еще|именно|помога\w+|меша\w+)\b|когда\s+(?:вы|ты|это)\b"
    r"|где\s+(?:вы|ты|это)\b|кто\b|сколько\s+\w+|как(?:ой|ая|ие|ое|им|их|ую)\s+\w+|есть\s+ли\b|\w+\s+ли\s+(?:вы|вам|у\s+вас|это|ты)\b"
    r"|расскаж\w+|опиш\w+|можете\b|могли\s+бы\b|скажите\b",
)
_WELSH = _language(
    "bore_da helo a ac felly iawn ocê ok ie na ond wel reit diolch da_iawn",
    r"(?:sut|pam|pryd|ble|pwy|faint)\s+\w+|beth\s+(?!(?:bynnag|dw|wnes|dwi)\b)\w+|pa\s+\w+"
    r"|(?:oes|oedd)\s+(?:gennych|gynnoch|ganddoch|rhywbeth|unrhyw)\b|(?:ydych|ydach|oeddech|dych|wnaethoch|allwch|fedrwch)\s+chi\b"
    r"|dywedwch\b|disgrifiwch\b",
)
_CHINESE = _Language(
    r"(?:吗|嗎|呢|什么|什麼|怎么样|怎麼樣|多久|多少|哪里|哪裡|为什么|為什麼)[\s。.]*$",
    (
        r"^(?:那么?|那麼|好的?|嗯|所以|然后|然後|[，,、\s])*(?:您|你|为什么|為什麼|请|請)"
        r".{0,20}(?:什么|什麼|怎么|怎麼|吗|嗎|呢|多久|多少|有没有|有沒有|会不会|會不會|是不是|说说|谈谈|讲讲)"
    ),
)
_JAPANESE = _Language(
    r"(?:(?<!そう)です|ます|でしょう|ました|ません|でした)か[\s。.]*$",
    r"(?:教えて|聞かせて|話して)(?:ください|いただけ)",
)
_LANGUAGES = (
    _ENGLISH, _GERMAN, _DUTCH, _FRENCH, _SPANISH, _PORTUGUESE, _ITALIAN, _NORDIC, _POLISH, _RUSSIAN, _WELSH,
    _CHINESE, _JAPANESE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asking:
    """How somebody asks: all turns, those long enough to tell, how many of them ask, characters, whether it opens."""

    all_turns: int
    turns: int
    asking: int
    characters: int
    first: bool

    @property
    def share(self) -> float:
        """The share of turns that ask."""
        return _ratio(self.asking, self.turns)

    @property
    def length(self) -> float:
        """Characters a turn."""
        return _ratio(self.characters, self.turns)

    @classmethod
    def together(cls, voices: Sequence["_Asking"]) -> "_Asking":
        """Return how several ask, as if they were one."""
        return cls(
            sum(voice.all_turns for voice in voices),
            sum(voice.turns for voice in voices),
            sum(voice.asking for voice in voices),
            sum(voice.characters for voice in voices),
            any(voice.first for voice in voices),
        )


def who_ask_without_marks(said: Mapping[str, Sequence[str]]) -> set[str]:
    """Return whose turns begin as questions do, where questions have no marks; empty where nobody clearly asks.

    These are several only where they ask in turns and somebody is left who answers at more length.
    `said` are the words of the turns by speaker, the one who speaks first in front.
    """
    telling = {label: [words for words in turns if _tells(words)] for label, turns in said.items()}
    marked = sum(bool(_MARK.search(words)) for turns in said.values() for words in turns)
    if marked > _MARKED * sum(map(len, telling.values())):
        return set()
    language = _language_of(telling)
    asking = {label: sum(_asks(words, language) for words in turns) for label, turns in telling.items()}
    if marked > _MARKED * sum(asking.values()):
        return set()
    opening = next(iter(said))
    voices = {
        label: _Asking(len(said[label]), len(turns), asking[label], sum(map(len, turns)), label == opening)
        for label, turns in telling.items()
    }
    best = max(voices, key=lambda label: voices[label].share)
    several = {
        label
        for label, voice in voices.items()
        if voice.share >= _ENOUGH and voice.asking >= _FEWEST_OF_SEVERAL
    }
    return next((who for who in ({best}, several) if _clearly_ask(who, voices)), set())


def _language_of(telling: Mapping[str, Sequence[str]]) -> _Language:
    """Return the language in which most of a sample of turns ask."""
    of_each = max(1, min(_SAMPLE_OF_EACH, _SAMPLE // len(telling)))
    sample = [words for turns in telling.values() for words in turns[:of_each]][:_SAMPLE]
    return max(_LANGUAGES, key=lambda one: sum(_asks(words, one) for words in sample))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _tells(words: str) -> bool:
    """Tell whether a turn is long enough to ask or to answer."""
    return (
        len(words.split()) >= _SHORTEST_TURN
        or len(_WITHOUT_SPACES.findall(words)) >= _SHORTEST_WITHOUT_SPACES
    )


def _asks(words: str, language: _Language) -> bool:
    """Tell whether a turn has a question mark, or its last sentence has near its ends what begins a question.

    A question that other sentences follow in the same turn is answered there, or nobody expects an answer.
    """
    if _MARK.search(words):
        return True
    pieces = _SENTENCE_END.split(words.strip())[-1].replace("’", "'").split()
    parts = [pieces] if len(pieces) <= _WHOLE else [pieces[:_HEAD], pieces[-_TAIL:]]
    # An end that was cut out of a turn begins in the middle of a sentence: the first word is no beginning.
    joined = [("" if index == 0 else "_ ") + " ".join(part) for index, part in enumerate(parts)]
    asking, first, end = language.patterns
    anywhere = any(pattern.search(part) for part in joined for pattern in (asking, first))
    return anywhere or end.search(" ".join(pieces[-_TAIL:])) is not None


def _clearly_ask(who: Collection[str], voices: Mapping[str, _Asking]) -> bool:
    """Tell whether these ask often enough, and far more often than all others, to be the interviewers.

    Whoever does not open the talk must say less at a time than the others, and so must several who ask in turns.
    """
    others = [voice for label, voice in voices.items() if label not in who and voice.turns]
    if not who or not others:
        return False
    asking, answering = _Asking.together([voices[label] for label in who]), _Asking.together(others)
    brief = asking.length < answering.length
    terse = asking.first and asking.share >= _NEARLY_ALL and asking.length < _TERSE * answering.length
    enough = _ENOUGH - _LESS_IF_FIRST * asking.first - _LESS_IF_BRIEF * brief
    part = _ratio(asking.all_turns, sum(voice.all_turns for voice in voices.values()))
    return (
        asking.asking >= (_FEWEST_IF_TERSE if terse else _FEWEST_QUESTIONS)
        and asking.share >= enough
        and (brief or (asking.first and len(who) == 1))
        and (asking.first or len(others) == 1 or part >= _PART_IN_GROUP)
        and all(other.share <= _RIVAL * asking.share for other in others)
        and asking.asking >= _LEAST_OF_ALL * (asking.asking + answering.asking)
    )
