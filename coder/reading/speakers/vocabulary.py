"""Words that tell speakers from other line starts, in the languages transcripts come in, and how much words look so.

All words are compared as `key_of` gives them: lower case, without accents and punctuation. Sources: the usual labels
of transcription services and of published interview data in English, Welsh, French, German, Dutch, Spanish,
Portuguese, Italian and the Scandinavian languages; the words for interviewer and participant also in Arabic,
Chinese, Czech, Greek, Hebrew, Hindi, Hungarian, Indonesian, Japanese, Korean, Persian, Polish, Romanian, Russian,
Slovak, Turkish, Ukrainian and Vietnamese, and in Afrikaans, Albanian, Amharic, Armenian, Basque, Belarusian, Bengali,
Bulgarian, Croatian, Estonian, Georgian, Icelandic, Irish, Latvian, Lithuanian, Macedonian, Malay, Nepali, Serbian,
Slovenian, Swahili, Tagalog, Tamil, Telugu, Urdu and Zulu.
"""

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache

MAX_LABEL = 48
# A longer label is one of a person only if the very same words come again and again before a colon.
MAX_DESCRIPTION = 80

_INTERVIEWER = """inv investigator interviewer interviewers interviewor intervewer intervierwer int intv intvr ivr
iv moderator moderators mod facilitator facilitators fac facil researcher researchers host chair chairperson
chairman chairwoman presenter enumerator observer notetaker interrogator examiner assessor interviewerin
moderatorin moderation fragende fragender forscher forscherin forschende interviewende befrager befragerin
enqueteur enquetrice enqueteurice intervieweur intervieweuse moderateur moderatrice animateur animatrice chercheur
chercheuse facilitateur facilitatrice cyfwelydd holwr holwraig hwylusydd cymedrolwr ymchwilydd entrevistador
entrevistadora moderador moderadora investigador investigadora facilitador facilitadora intervistatore
intervistatrice moderatore moderatrice ricercatore ricercatrice pesquisador pesquisadora onderzoeker gespreksleider
interviewster vragensteller intervjuare intervjuer interviewleder moderator ordstyrer forsker haastattelija
question q probe probes prompt prompts note_taker note_keeper follow_up"""

_PARTICIPANT = """participant participants part ptp ptpt ppt respondent respondents resp interviewee interviewees
informant informants narrator narrators patient patients client carer caregiver parent subject member attendee
panelist panellist speaker voice person guest expert ans antwort reponse clinician nurse doctor gp midwife physio
therapist teacher student manager user resident volunteer witness answer a
male female man woman boy girl mum mother dad father husband wife son daughter
befragter befragte befragten teilnehmer teilnehmerin teilnehmende proband probandin interviewpartner
interviewpartnerin interviewte interviewter interviewten experte expertin sprecher sprecherin person patientin
enquete enquetee repondant repondante participante intervenant intervenante locuteur locutrice
interviewe interviewee patiente
cyfranogwr cyfranogydd cyfwelai claf siaradwr atebydd
entrevistado entrevistada encuestado participante paciente hablante informante
intervistato intervistata partecipante paziente rispondente
deelnemer deelneemster respondente geinterviewde spreker
deltagare deltager intervjuperson informanter intervjuobjekt haastateltava
all both everyone everybody group several multiple various unknown unidentified unclear other others
alle tous toutes plusieurs pawb todos tutti allen alla"""

# In other languages, as they are written there; words of two parts stand with "_".
_INTERVIEWER_ELSEWHERE = """
المحاور محاور المحاورة محاورة المقابل المقابلة السائل الباحث الباحثة باحث باحثة الميسر الميسرة ميسر المذيع المذيعة
访谈者 采访者 访谈人 采访人 访问者 提问者 主持人 研究者 研究员 调查员 记者 问 訪談者 採訪者 訪問者 主持人 研究者 問
インタビュアー インタビューアー 聞き手 質問者 調査者 司会 司会者 研究者 面接者 モデレーター ファシリテーター
면접자 면담자 질문자 진행자 연구자 인터뷰어 사회자 문
tazatel tazatelka výzkumník výzkumnice moderátor moderátorka výskumník výskumníčka anketár anketárka redaktor
badacz badaczka ankieter ankieterka prowadzący prowadząca moderatorka wywiadowca dziennikarz dziennikarka pytanie
ερευνητής ερευνήτρια συνεντευκτής συνεντεύκτρια συνεντευξιαστής συντονιστής συντονίστρια δημοσιογράφος ερώτηση
מראיין מראיינת חוקר חוקרת מנחה
साक्षात्कारकर्ता शोधकर्ता प्रश्नकर्ता संचालक साक्षात्कारकर्त्ता
pewawancara peneliti penanya fasilitator penyelidik penemuduga
görüşmeci araştırmacı mülakatçı moderatör soran
nguoi_phong_van nguoi_hoi dieu_phoi_vien nghien_cuu_vien pvv phong_van_vien
интервьюер модератор исследователь исследовательница ведущий ведущая вопрос корреспондент интервьюэр инт вед вопр корр
інтервюер дослідник дослідниця ведучий ведуча питання
مصاحبه_گر مصاحبهگر پژوهشگر مصاحبه_کننده
mhojaji mtafiti penemu_bual tagapanayam mananaliksik umbuzi umcwaningi onderhoudvoerder
интервюиращ интервюираща интервюер изследовател испитивач испитивачица истраживач истраживачица анкетар
інтэрв_юер інтерв_юер интервјуер сұхбаттасушы ispitivač ispitivačica istraživač istraživačica anketar anketarka
spraševalec spraševalka izpraševalec raziskovalec raziskovalka interviuotojas interviuotoja klausėjas tyrėjas tyrėja
intervētājs intervētāja pētnieks pētniece küsitleja intervjueerija uurija spyrill rannsakandi entrevistador
elkarrizketatzailea ikertzailea agallóir taighdeoir intervistuesi intervistuesja hulumtuesi
সাক্ষাৎকারগ্রহীতা প্রশ্নকর্তা গবেষক انٹرویو_لینے_والا انٹرویو_لینے_والی محقق நேர்காணல்_செய்பவர் ஆய்வாளர் ጠያቂ ተመራማሪ
ინტერვიუერი მკვლევარი მოდერატორი հարցազրուցավար հետազոտող अन्तर्वार्ताकार अनुसन्धानकर्ता ఇంటర్వ్యూయర్ పరిశోధకుడు
kérdező interjúkészítő kutató intervievator intervievatoare cercetător cercetătoare operator
ผู้สัมภาษณ์"""

_PARTICIPANT_ELSEWHERE = """
المشارك المشاركة مشارك مشاركة المبحوث المبحوثة المستجيب المستجيبة الضيف الضيفة المجيب
受访者 被访者 被访人 受访人 参与者 被采访者 回答者 嘉宾 答 受訪者 參與者 答
話し手 回答者 参加者 対象者 協力者 語り手 調査協力者
참여자 응답자 피면접자 면담대상자 참가자 연구참여자 답
respondentka účastník účastnice dotazovaný dotazovaná informátor informátorka účastníčka opýtaný
badana badany rozmówca rozmówczyni uczestnik uczestniczka ankietowany ankietowana respondenta odpowiedź
συμμετέχων συμμετέχουσα ερωτώμενος ερωτώμενη συνεντευξιαζόμενος συνεντευξιαζόμενη πληροφορητής απάντηση
מרואיין מרואיינת משתתף משתתפת
उत्तरदाता प्रतिभागी सहभागी
narasumber informan partisipan responden peserta terwawancara
katılımcı görüşülen yanıtlayan cevaplayan görüşmeci_adayı
nguoi_tham_gia nguoi_tra_loi nguoi_duoc_phong_van dap_vien
респондент респондентка участник участница информант информантка опрошенный собеседник собеседница ответ респ инф отв
учасник учасниця респондентка інформант відповідь
مصاحبه_شونده مصاحبهشونده مشارکت_کننده پاسخگو
mhojiwa mshiriki kalahok ophendulayo umphenduli
интервюиран интервюирана участничка испитаник испитаница саговорник саговорница рэспандэнт рэспандэнтка удзельнік
қатысушы ispitanik ispitanica sudionik sudionica učesnik učesnica intervjuvanec intervjuvanka sogovornik sogovornica
udeleženec udeleženka dalyvis dalyvė informantė respondentas respondentė dalībnieks dalībniece vastaja
intervjueeritav osaleja viðmælandi þátttakandi elkarrizketatua partaidea rannpháirtí i_intervistuari
e_intervistuara pjesëmarrësi উত্তরদাতা অংশগ্রহণকারী جواب_دہندہ شریک பங்கேற்பாளர் பதிலளிப்பவர் መላሽ ተሳታፊ
რესპონდენტი მონაწილე մասնակից պատասխանող ప్రతివాది పాల్గొనేవారు
válaszadó résztvevő interjúalany intervievat intervievată
ผู้ให้สัมภาษณ์"""
# Single letters for who asks and who answers, which count only where one of either kind occurs.
_ASKING = "i q int m и в"
_ANSWERING = "r p a b s ip tn ie e р о"

# Labels that name a voice, not a part in the interview.
_VOICE = """speaker voice person unknown unidentified unclear male female man woman sprecher sprecherin locuteur
locutrice intervenant intervenante hablante spreker siaradwr other others user manager guest"""
# Labels that mean the interviewer unless another label says so more plainly.
_PERHAPS = """researcher researchers host chair chairperson presenter observer assessor forscher forscherin chercheur
chercheuse forsker onderzoeker ymchwilydd investigador investigadora ricercatore ricercatrice
badacz badaczka výzkumník výzkumnice výskumník redaktor dziennikarz dziennikarka ερευνητής ερευνήτρια δημοσιογράφος
исследователь исследовательница дослідник дослідниця araştırmacı peneliti penyelidik kutató cercetător cercetătoare
mtafiti mananaliksik umcwaningi изследовател истраживач истраживачица istraživač istraživačica raziskovalec
raziskovalka tyrėjas tyrėja pētnieks pētniece uurija rannsakandi ikertzailea taighdeoir hulumtuesi গবেষক محقق ஆய்வாளர்
ተመራማሪ მკვლევარი հետազոտող अनुसन्धानकर्ता పరిశోధకుడు
الباحث الباحثة باحث باحثة 研究者 研究员 연구자 शोधकर्ता nghien_cuu_vien חוקר חוקרת operator"""

# Who speaks for others: whether that is to be coded only a person can tell.
_FOR_OTHERS = """interpreter translator dolmetscher dolmetscherin übersetzer übersetzerin interprète intérprete
traductor traductora traducteur traductrice tolk tłumacz tłumaczka tercüman"""

_NEVER = """two three four one things thing noted note notes nb ps pps ok okay yes no yeah so well right sure
exactly maybe perhaps anyway also and but because then plus or now first second third firstly secondly thirdly
finally lastly next last example examples eg ie etc result results reason reasons problem problems point points
remember basically honestly actually again like said conclusion summary warning important attention tip hint
update edit aim aims objective objectives background method methods monday tuesday wednesday thursday friday
saturday sunday january february march july august september october november december morning
afternoon evening today tomorrow yesterday pros cons before after here there this that these those it is was
what why how when where who which http https www re fw fwd cc bcc from to subject sent attachment attachments
theme themes topic topics section part step task page chapter figure table
quote quotes translation translated total minutes option options hello hi hey thanks thank please sorry
however therefore although otherwise meanwhile instead still yet true false fine good great bad oh ah er um
hmm mm wow fact facts truth story moral idea ideas rule rules advice lesson lessons plus minus positive positives
negative negatives worst best bottom meaning message issue issues barrier barriers enabler enablers benefit benefits
cost costs outcome outcomes goal goals plan plans action actions decision decisions need needs fear fears hope hopes
strength strengths weakness weaknesses advantage advantages disadvantage disadvantages rating score
break pause interruption context introduction preamble impression impressions observation observations
reflection reflections fieldnotes memo memos comment comments postscript appendix
interval intermission pausa pauze look listen wait name names address phone email tel ja nein also gut und aber oder
beispiel notiz hinweis oui non donc alors bon mais et exemple remarque si bueno pero entonces ejemplo ejemplo nota"""

# A label made of these alone ("Date of interview", "Audio file name") is a header line's, not a speaker's.
_HEADER = """title subtitle abstract date day time times duration length location place venue setting site ward clinic
region country city id number no interview interviewed conducted recorded recording file filename name audio video
source transcriber transcribed transcription transcript typist typed checked version status project study topic
attendees present speakers apologies pseudonym age gender sex ethnicity occupation job profession language consent
legend keywords start started end ended finish format mode medium ref reference group focus session copyright
confidential confidentiality author created modified exported export words word count description abbreviations
conventions anonymised document client comments quality dialect accent fieldwork wave round visit code details
information role participants interviewers type label labels key
titre lieu duree enregistrement fichier langue heure participantes titel datum ort dauer aufnahme
aufnahmedatum sprache uhrzeit projekt dateiname transkription transkribiert transkript interviewnummer
interviewdatum anwesend teilnehmer teilnehmende teitl dyddiad lleoliad hyd cyfranogwyr amser titulo fecha lugar
duracion hora archivo idioma titolo data luogo durata ora lingua plaats duur tijd taal plats langd tid sted
varighed varighet"""
_HEADER_LINKS = """of by the for in to and with on at von der des du de la le interviewer interviewee participant
respondent moderator facilitator researcher used"""

# Of the header words those that are speakers as well, when they come again and again.
_EITHER = "id role group client author code teilnehmer teilnehmende participants interviewers label key"

_REMARKS = """laugh laughs laughing laughter chuckle chuckles giggles sigh sighs sighing pause pauses silence
inaudible unclear unintelligible indistinct crosstalk cross talk overlapping overlap speech interrupts interrupting
interruption interrupted crying cries sobs tearful whisper whispers whispering cough coughs coughing clears throat
sniffs smiles smiling nods nodding shakes head gesture gestures pointing points sarcastic sarcastically emphasis
shouting shouts singing sings quietly softly loudly hesitates long short beat noise background applause music phone
rings ringing door knocks knocking redacted removed anonymised name place withheld sic simultaneous talking at once
all talk general group everyone no response answer agreement murmurs of unsure indecipherable foreign language
audio unidentified continues continued cont
yeah yes mm mhm mmm hm uh huh right okay ok sure lacht lachen pause unverstandlich rires rire inaudible
soupir risas rie pausa ridono ride chwerthin"""

_PARTICLES = """de la le du des von van der den di da del della dos bin ibn al el ap ferch y of the and und et
& mac st"""

_TITLES = """dr mr mrs ms miss mx prof professor st sir rev hr fr frau herr mme mlle m sra sr hon rt lord lady dame
baroness sen senator rep representative cllr councillor gen col capt lt sgt gov pres amb"""
# Short words before a full stop that name nobody.
_ABBREVIATED = "sec no nos fig art vol para ch sen rep hon pp ed vs"
# Words that make a short phrase a piece of a sentence.
_FUNCTION = """i me you he him she her we us they them it is was are were be been said says say the that this these my
your his her our their to in on at for with from of as if so do did have has had not no thing things point question"""
# Words that may stand beside a role ("Female participant 2").
_QUALIFIERS = """female male young younger old older lead co assistant unidentified unknown new other main no number
id second first dr"""
# What people call themselves when they tell a talk: "Doctor: you must stop. Me: I can't."
_TELLERS = "me myself ich moi yo eu ik jag jeg io"
# Of a sentence that comes again, hardly of how somebody is described.
_SENTENCES = (
    "i me my we us our you your it these this that do does did is are was were which what how when why if"
)
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve"


# Headings of what transcribers write beside the talk, mostly below it.
_FIELD_NOTES = """field_notes field_note fieldnotes field_observations fieldwork_notes notes observations
observation_notes reflections reflection reflexive_notes reflective_notes researcher_reflections memo memos
interviewer_notes interviewer_s_notes researcher_notes researcher_s_notes notes_from_interviewer
notes_after_the_interview notes_after_interview post_interview_notes post_interview_reflections
post_interview_reflection interviewer_reflections interviewer_comments interviewer_observations debrief
debriefing_notes feldnotizen postskript postskriptum gesprächsnotiz notes_de_terrain notas_de_campo
note_di_campo veldnotities feltnotater fältanteckningar after_the_interview after_interview off_the_record
summary interview_summary summary_of_interview summary_of_the_interview summary_of_themes key_points key_themes
initial_codes initial_themes emerging_themes themes appendix zusammenfassung résumé resumen"""
# Words for what somebody wrote beside the talk, as in "Transcriber's note".
_NOTES = """note notes memo memos nb comment comments observation observations reflection reflections fieldnotes
summary notiz notizen anmerkung anmerkungen bemerkung remarque remarques nota notas
notitie notities opmerking opmerkingen anteckning anteckningar kommentar notatka notatki uwaga uwagi"""


# Letters that Unicode does not take apart into a plain one and an accent.
_PLAIN = str.maketrans("łđıŁĐ", "ldild")


@lru_cache(maxsize=4096)
def key_of(label: str) -> str:
    """Return the form in which labels are compared: lower case, no accents, words joined by single spaces."""
    plain = label.replace("(s)", "s")
    if plain.isascii():
        return " ".join(re.findall(r"\w+|[&?]", plain.casefold().replace("_", " ")))
    decomposed = unicodedata.normalize("NFKD", plain.casefold().translate(_PLAIN))
    # Signs that are part of a letter (Devanagari and Thai vowels) have no combining class and stay.
    bare = (character for character in decomposed if not unicodedata.combining(character))
    return " ".join(re.findall(r"\w+|[&?]", "".join(map(_word_sign, bare))))


def _word_sign(character: str) -> str:
    """Return a character as `key_of` keeps it: vowel signs as some letter, since they end no word; "_" as a space."""
    if unicodedata.category(character) in ("Mc", "Mn"):
        return chr(0x20000 + ord(character))
    return " " if character == "_" else character


def _keys(words: str) -> frozenset[str]:
    return frozenset(key_of(word) for word in words.split())


def _phrases(words: str) -> frozenset[str]:
    return frozenset(key for key in _keys(words) if " " in key)


INTERVIEWER_WORDS = _keys(_INTERVIEWER + _INTERVIEWER_ELSEWHERE)
PARTICIPANT_WORDS = _keys(_PARTICIPANT + _PARTICIPANT_ELSEWHERE)
INTERVIEWER_PHRASES = _phrases(_INTERVIEWER + _INTERVIEWER_ELSEWHERE)
PARTICIPANT_PHRASES = _phrases(_PARTICIPANT_ELSEWHERE)
VOICE_WORDS = _keys(_VOICE)
PERHAPS_INTERVIEWER = _keys(_PERHAPS)
ASKING_LETTERS = _keys(_ASKING)
ANSWERING_LETTERS = _keys(_ANSWERING)
ROLE_WORDS = INTERVIEWER_WORDS | PARTICIPANT_WORDS
SPEAK_FOR_OTHERS = _keys(_FOR_OTHERS)
NEVER_SPEAKERS = _keys(_NEVER)
HEADER_WORDS = _keys(_HEADER)
HEADER_LINKS = _keys(_HEADER_LINKS)
EITHER_WORDS = _keys(_EITHER)
REMARK_WORDS = _keys(_REMARKS)
FIELD_NOTES = _keys(_FIELD_NOTES)
_NOTE_WORDS = _keys(_NOTES)
_LONGEST_NOTE_KEY = 4  # words
PARTICLES = _keys(_PARTICLES)
NUMBER_WORDS = _keys(_NUMBERS)
TITLES = _keys(_TITLES)
ABBREVIATIONS = TITLES | _keys(_ABBREVIATED)
FUNCTION_WORDS = _keys(_FUNCTION)
QUALIFIERS = _keys(_QUALIFIERS)
TELLERS = _keys(_TELLERS)
_SENTENCE_WORDS = _keys(_SENTENCES)

# Patterns of names.
CAPITAL = r"[A-ZÀ-ÖØ-Þ]"
# Whom the records of hearings and parliaments name before a full stop: by title, or by office alone.
_TITLE = (
    "(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Dame|Lord|Lady|Baroness|Prof|Professor|Senator|Sen|Representative|Rep|Congressman"
    "|Congresswoman|Chairman|Chairwoman|Chairperson|Chair|President|Vice President|Secretary|Under Secretary"
    "|Ambassador|General|Admiral|Colonel|Captain|Major|Judge|Justice|Governor|Mayor|Minister|Commissioner|Director"
    "|Bishop|Rev|Reverend|Councillor|Cllr|Hon|Herr|Frau|Mme|Mlle|Attorney General)"
)
TITLED_NAME = (
    rf"{_TITLE}\.? (?:{CAPITAL}\. )?(?:(?:de|von|van|del|la|du|der|di|den) ){{0,2}}{CAPITAL}[\w'’-]*"
    rf"(?: (?:{CAPITAL}\.|{CAPITAL}[\w'’-]*|of|de|von|van|del|la|du)){{0,3}}?"
    rf"|The {CAPITAL}\w+(?: {CAPITAL}\w+){{0,2}}"
)
# The European Parliament's records have a dash behind the stop, so that no title is needed:
# "Philippe Busquin (PSE). – Mr President", "Charlie McCreevy, Member of the Commission. – We".
_SMALL_PARTS = "de|di|da|do|du|del|della|der|den|dos|la|le|von|van|ter|of|the|und|y|e"
NAME_BEFORE_DASH = rf"(?![a-z\d_])\w[\w'’.-]*(?: (?:{_SMALL_PARTS}|(?![a-z\d_])\w[\w'’.-]*)){{0,5}}?"


def is_header_key(key: str) -> bool:
    """Tell whether a key is made of header words alone, such as "date of interview"."""
    words = [word for word in key.split() if not word.isdigit()]
    words = words[:1] + [word for word in words[1:] if word != "s"]  # "transcriber's comments"
    return any(word in HEADER_WORDS for word in words) and all(
        word in HEADER_WORDS or word in HEADER_LINKS for word in words
    )


def is_note_key(key: str) -> bool:
    """Tell whether a key names what somebody wrote beside the talk: "note", "transcriber s note"."""
    words = key.split()
    return len(words) <= _LONGEST_NOTE_KEY and not _NOTE_WORDS.isdisjoint(words)


def is_remark(text: str) -> bool:
    """Tell whether the inside of a bracket is a transcriber's remark such as "laughs" or "inaudible"."""
    words = key_of(text).split()
    return bool(words) and all(word in REMARK_WORDS or word.isdigit() for word in words)


class Shape(IntEnum):
    """How much a label looks like one, by itself."""

    NONE = 0
    WEAK = 1
    NAME = 2
    CODE = 3
    ROLE = 4


_CODE = re.compile(
    r"[A-Za-z]{1,4}[ _.#-]?\d{1,5}[A-Za-z]?\??|\d{1,3}[A-Z]{1,2}|[A-Z]\??"
    r"|[A-Z0-9]+(?:[_./&+-] ?[A-Z0-9]+)+|[A-Z]{1,5}\?"
)
# Chat programs name those by their number who are not in the telephone's list; Zoom hides a part of it.
PHONE = re.compile(r"\+\d[\d ()./*-]{6,20}")
# Names that are other words more often: they must come again and again.
_WORDS_TOO = frozenset({"april", "may", "june", "august", "hope", "page", "sunday"})
_NO_INITIALS = frozenset({"OK", "NB", "PS", "NO", "SO", "TV"})
# How recorders and chat programs name the one who made the transcript, and whoever else speaks.
_SELF = frozenset({"You", "YOU", "Me", "ME", "Them", "THEM"})
_DESCRIBED = frozenset(
    {"woman", "man", "lady", "gentleman", "girl", "boy", "person", "mum", "dad", "mother", "father"}
)
_CODES = re.compile(rf"(?:{_CODE.pattern})(?:\s?(?:[/&+,]|and)\s?(?:{_CODE.pattern}))+")
# Whoever has no name in a meeting is called after their device; the number tells two of one kind apart.
DEVICE = re.compile(
    r"\b(?:iPad|iPhone|MacBook|Phone|Tablet|Laptop|PC)(?: [\w ]{1,12})? \(\d{1,2}\)\s*$", re.I
)
ASIDE = re.compile(r"(?:\s*[(\[][^)\]]*[)\]])+\s*$")


@lru_cache(maxsize=4096)
def shape_of(label: str) -> Shape:
    """Tell how much `label` looks like a speaker, from NONE to ROLE."""
    base = ASIDE.sub("", label).strip() or label.strip("()[] ")
    tokens = _without_titles(base.split())
    if not tokens or len(tokens) > 6 or len(base) > MAX_LABEL:
        return Shape.NONE
    shape = _shape_by_signs(base)
    return _shape_by_words(base, tokens) if shape is None else shape


def _shape_by_signs(base: str) -> Shape | None:
    """Judge initials, telephone numbers and punctuation; None: the words decide."""
    if len(base) == 2 and base.isalpha() and base.isupper() and base not in _NO_INITIALS:
        return Shape.CODE
    if PHONE.fullmatch(base):
        return Shape.CODE
    if not any(map(str.isalpha, base)):
        return Shape.WEAK if base.isdigit() and len(base) <= 3 else Shape.NONE
    keys = key_of(base).split()
    if base in _SELF:
        return Shape.NAME
    if (
        base.endswith("?")
        and len(base) > 2
        and shape_of(base[:-1].strip()) >= Shape.NAME
        and "?" not in base[:-1]
    ):
        # A typist's doubt about who speaks ("Ida?:"), not a question.
        return Shape.NAME if len(keys) <= 3 else Shape.NONE
    if re.search(r"[!;\"“”…:：\t]", base) or (len(keys) == 1 and keys[0] in FUNCTION_WORDS and len(base) > 1):
        return Shape.NONE
    return Shape.WEAK if len(base) == 1 and base.islower() else None


def _shape_by_words(base: str, tokens: list[str]) -> Shape:
    """Judge by the words: a part in the interview, a code, a name."""
    keys = key_of(base).split()
    if _is_role(keys):
        return Shape.ROLE
    if _CODE.fullmatch(base) or _CODES.fullmatch(base):
        return Shape.NONE if keys and keys[0] in NEVER_SPEAKERS and len(keys) == 1 else Shape.CODE
    if len(keys) == 1 and keys[0] in _WORDS_TOO:
        return Shape.WEAK
    if not keys or not _letters_only(base) or keys[0] in NEVER_SPEAKERS:
        return Shape.NONE
    if base.isupper() and len(tokens) <= 3 and not set(keys) & NEVER_SPEAKERS:
        return Shape.CODE
    if _is_name(tokens):
        return Shape.NAME
    if (
        len(tokens) <= 4
        and base[0].isupper()
        and _DESCRIBED.isdisjoint(keys[-1:])
        and set(keys[:2]) & _DESCRIBED
    ):
        return Shape.WEAK  # "Woman in red"
    if set(keys) & (NEVER_SPEAKERS | FUNCTION_WORDS) or len(tokens) > 4:
        return Shape.NONE
    return Shape.WEAK


def outline_of(label: str) -> str:
    """Return a label's outline: "P01" and "C12" are A9, "Int 1" is Aa 9."""
    letters = re.sub(r"[^\W\d_]", lambda letter: "A" if letter[0].isupper() else "a", label)
    return re.sub(r"A+", "A", re.sub(r"a+", "a", re.sub(r"\d+", "9", letters)))


def initials_of(name: str) -> str:
    """Return the first letters of a name's first and last word ("HL" of "Hannah Lowe"), unless they are a word."""
    words = re.findall(r"[^\W\d_]+", name)
    initials = (words[0][0] + words[-1][0]).upper() if len(words) > 1 else ""
    return "" if initials in _NO_INITIALS else initials


# An office with the name of who holds it: "The Minister for Roads (Ida Moss)".
OFFICE = re.compile(
    r"(?:The|Minister|Deputy|Parliamentary|Under-?[Ss]ecretary|Secretary|Leader|President|Chair\w{0,8}|Chancellor"
    r"|Attorney|Solicitor|Commissioner) [^()]{2,90} \(([^()]{2,48})\)"
)


def name_and_aside(label: str) -> tuple[str, str]:
    """Return the key of a label's name, and what stands behind it in brackets ("" if nothing does).

    Of an office with a name behind it ("The Minister (Ida Moss)") the name is in the brackets.
    """
    office = OFFICE.fullmatch(label)
    if office:
        return key_of(office[1]), label.partition(" (")[0]
    if DEVICE.search(label):
        return key_of(label), ""
    bare = ASIDE.sub("", label).strip()
    return (key_of(bare), label[len(bare) :].strip()) if bare else (key_of(label), "")


def _without_titles(tokens: list[str]) -> list[str]:
    """Return a name's words without the titles before it, at least two words."""
    first = next((index for index, token in enumerate(tokens) if key_of(token) not in TITLES), 0)
    return tokens[min(first, max(0, len(tokens) - 2)) :]


def _is_role(keys: list[str]) -> bool:
    phrase = " ".join(word for word in keys if not word.isdigit())
    if phrase in INTERVIEWER_PHRASES | PARTICIPANT_PHRASES:
        return True
    if not any(word in ROLE_WORDS or word.rstrip("0123456789") in ROLE_WORDS for word in keys):
        return False
    if len(keys) == 1 or keys[0] not in ("a", "q"):
        return all(
            word.rstrip("0123456789") in ROLE_WORDS
            or word.isdigit()
            or len(word) == 1
            or word in NUMBER_WORDS
            or word in QUALIFIERS
            for word in keys
        )
    return False


def _letters_only(base: str) -> bool:
    """Refuse what holds sentence punctuation; full stops only after titles and initials."""
    if re.search(r"[!?;\"“”„«»…%=@*+{}<>|\\:：]|//|,.*,", base):
        return False
    stops = [word.rstrip(".,") for word in base.split() if "." in word]
    return all(len(word) <= 2 or "." in word or word.casefold() in TITLES for word in stops)


def _is_name(tokens: list[str]) -> bool:
    def starts_like_a_name(token: str) -> bool:
        first = token.lstrip("(‘’'\"-")[:1]
        return bool(first) and (
            first.isupper() or first.isdigit() or unicodedata.category(first) in ("Lo", "Lt")
        )

    capitals = [starts_like_a_name(token) or key_of(token) in PARTICLES for token in tokens]
    return (
        all(capitals) and len(tokens) <= 5 and starts_like_a_name(tokens[-1]) and not tokens[0][0].isdigit()
    )


def is_description(label: str) -> bool:
    """Tell whether a text longer than names may describe a person ("Participant 4, nurse at a rural clinic")."""
    return (
        len(label) > MAX_LABEL and label[:1].isupper() and _SENTENCE_WORDS.isdisjoint(key_of(label).split())
    )
