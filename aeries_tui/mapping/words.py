"""The vocabulary of school names: what is an abbreviation of what, and what kind of word it is."""

from __future__ import annotations

# Abbreviations that mean one thing wherever they stand. Those that depend on their place (el, st, dr, jr)
# are in names.py. What is not listed is still recognised by its letters (see spelling.py).
EXPANSIONS: dict[str, str] = {
    alias: word
    for word, aliases in {
        "elementary": "elem elemen element elementry elemtary elm",
        "intermediate": "interm intermed intermd",
        "middle": "mid midd middl mdl",
        "school": "sch schl scho schoo schools",
        "academy": "acad acadmy academies",
        "alternative": "alt altern altrntv",
        "continuation": "cont contin continu contn",
        "center": "ctr cntr cntre centre",
        "community": "comm commun cmty",
        "communication": "communications",
        "education": "ed educ educational",
        "fundamental": "fund fundam fundmntl",
        "independent": "indep independ",
        "international": "intl internatl internat intnl",
        "technology": "tech technol",
        "technical": "techn",
        "vocational": "voc vocatl",
        "preparatory": "prep prepatory",
        "special": "spec spcl",
        "science": "sci scis sciences scie",
        "mathematic": "math maths mathematics",
        "mount": "mt",
        "mountain": "mtn mtns mountains",
        "fort": "ft",
        "avenue": "ave av",
        "boulevard": "blvd",
        "road": "rd",
        "lane": "ln",
        "place": "pl",
        "charter": "char chtr chrtr chart",
        "magnet": "mag magn",
        "county": "co cnty",
        "district": "dist",
        "government": "govt gov",
        "performing": "perf",
        "language": "lang languages",
        "learning": "lrng lrn",
        "development": "dev devel",
        "environmental": "env environ",
        "american": "amer",
        "academic": "acads",
        "william": "wm",
        "thomas": "thos",
        "charles": "chas",
        "george": "geo",
        "james": "jas",
        "robert": "robt",
        "elizabeth": "eliz",
        "height": "hts hgts heights",
        "spring": "spgs spg springs",
        "valley": "vly vlly",
        "memorial": "mem meml",
        "junction": "jct",
        "captain": "capt",
        "primary": "prim",
        "secondary": "sec secndry",
        "opportunity": "opp oppor opport",
        "juvenile": "juv juve",
        "university": "univ",
        "saint": "sta",
        "street": "str",
        "program": "prog prgm programs",
        "virtual": "virt",
        "kindergarten": "kinder kndgtn",
        "preschool": "prekindergarten",
    }.items()
    for alias in aliases.split()
}

# Words that say which pupils a school is for: never part of what tells two schools of a kind apart.
KIND_GROUPS: dict[str, str] = {
    "elementary": "E",
    "primary": "E",
    "grade": "E",
    "middle": "M",
    "intermediate": "M",
    "junior": "M",
    "high": "H",
    "secondary": "MH",
    "preschool": "P",
    "kindergarten": "PE",
    "adult": "A",
}

# What the letters before a number stand for: P.S. 020, J.H.S. 054, "Clara Barton VHS".
INITIALISMS: dict[str, tuple[str, ...]] = {
    "ps": ("elementary",),
    "es": ("elementary",),
    "is": ("intermediate",),
    "ms": ("middle",),
    "jhs": ("junior",),
    "shs": ("high",),
    "hs": ("high",),
    "vhs": ("vocational", "high"),
}

# Programmes: a school of the same place with one of these is usually another school.
PROGRAMS = frozenset(
    "continuation alternative adult independent online virtual special opportunity court juvenile preschool "
    "kindergarten home homeschool satellite evening extension".split()
)

# Words that many schools bear beside their name: a little evidence, never enough by themselves.
COMMON = (
    frozenset(
        "academy center charter magnet learning art science arts technology technical mathematic engineering design "
        "international language leadership preparatory institute montessori avenue street road drive way boulevard "
        "lane place community education public college early city county district unified union health profession "
        "business social global world career vocational media performing visual humanity innovation stem steam "
        "environmental expeditionary fundamental academic excellence enrichment partnership study communication "
        "research creative program board inquiry university development institute secondary day option memorial "
        "village dual immersion bilingual global citizenship achievement".split()
    )
    | PROGRAMS
)

# Words without weight: they come and go between lists.
EMPTY = frozenset(
    "school the of for and at a an in on to with by de la el los las del y campus site dr mr mrs ms capt captain "
    "gen general sgt rev jr sr honorable judge senator president lt col cpl corporal sergeant doctor".split()
)

# Without weight as well, yet "Las Lomas" is not quite "Lomas".
ARTICLES = frozenset("de la el los las del".split())

DIRECTIONS = frozenset(
    "north south east west northeast northwest southeast southwest upper lower old new central".split()
)

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth"
).split()

NUMBER_WORDS: dict[str, int] = (
    {word: number for number, word in enumerate(_UNITS + _TEENS)}
    | {word: number for number, word in enumerate(_ORDINALS, start=1)}
    | {word: 10 * number for number, word in enumerate(_TENS, start=2)}
    | {word[:-1] + "ieth": 10 * number for number, word in enumerate(_TENS, start=2)}
)
TENS = frozenset(_TENS)
NUMBER_WORDS |= {
    tens + unit: NUMBER_WORDS[tens] + NUMBER_WORDS[unit]
    for tens in _TENS
    for unit in _UNITS[1:10] + _ORDINALS[:9]
}
ROMAN = {"ii": 2, "iii": 3, "iv": 4}
