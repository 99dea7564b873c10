"""The vocabulary of school names: what is an abbreviation of what, and what kind of word it is."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _words_in_order(text: str) -> list[str]:
    return text.split()


# Abbreviations that mean one thing wherever they stand. Those that depend on their place (el, st, dr, jr)
# are in meaning.py. What is not listed is still recognised by its letters (spelling.py).
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

# Words that say which students a school is for: never part of what tells two schools of a kind apart.
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
PROGRAMS = _words(
    """
    continuation alternative adult independent online virtual special opportunity court juvenile preschool
    kindergarten home homeschool satellite evening extension
    """
)

# Words that many schools bear beside their name: a little evidence, never enough by themselves.
COMMON = (
    _words(
        """
    academy center charter magnet learning art science arts technology technical mathematic engineering
    design international language leadership preparatory institute montessori avenue street road drive way
    boulevard lane place community education public college early city county district unified union health
    profession business social global world career vocational media performing visual humanity innovation
    stem steam environmental expeditionary fundamental academic excellence enrichment partnership study
    communication research creative program board inquiry university development institute secondary day
    option memorial village dual immersion bilingual global citizenship achievement
    """
    )
    | PROGRAMS
)

# Words without weight: they come and go between lists.
EMPTY = _words(
    """
    school the of for and at a an in on to with by de la el los las del y campus site dr mr mrs ms capt
    captain gen general sgt rev jr sr honorable judge senator president lt col cpl corporal sergeant doctor
    """
)

# Without weight as well, yet "Las Lomas" is not quite "Lomas".
ARTICLES = frozenset(["de", "la", "el", "los", "las", "del"])

DIRECTIONS = _words(
    """
    north south east west northeast northwest southeast southwest upper lower old new central
    """
)

_UNITS = _words_in_order(
    """
    zero one two three four five six seven eight nine ten eleven twelve
    """
)
_TEENS = ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = _words_in_order(
    """
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
    fifteenth sixteenth seventeenth eighteenth nineteenth
    """
)

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

# Given names that schools are called by: "Dilworth Elementary" is "Nelson S. Dilworth Elementary".
GIVEN_NAMES = _words(
    """
    aaron abigail abraham ada adam agnes alan albert alejandro alex alexander alfred alice allan allen alma
    alvin amelia amos amy andrea andres andrew angela anita ann anna anne annie anthony antonio arnold
    arthur audrey august augustus barack barbara bayard beatrice ben benito benjamin bernard bernardo
    bernice bertha bessie betsy betty beulah beverly bill billie billy bob bobby booker brett bret bruce
    bryant caesar calvin carl carlos carmen carol caroline carolyn carrie caspar catherine cecil cecilia
    cesar charles charlotte chester chief christa christian christina christine christopher clara clarence
    clark claude clayton cleveland clifford clyde coretta cornelius crawford crispus cynthia daisy dan dana
    daniel david dean deborah dennis diane dolores don donald dora doris dorothea dorothy douglas duke
    dwight earl ed eddie edgar edith edmund edna eduardo edward edwin eileen elaine eleanor eli elias
    elizabeth ella ellen elliott elmer eloise elsie elvira emerson emilie emily emma emmett enrique eric
    erma ernest ernie estella esther ethel eugene eva evelyn fannie felix fernando florence floyd fran
    frances francis francisco frank franklin fred freda frederic frederick gabriel gabriela gail garland
    gary gaspar gene genevieve george georgia gerald geraldine gertrude gilbert glen glenn gloria gordon
    grace grant gregory grover guadalupe gus guy hal hank hannah harold harriet harriett harry harvey hattie
    hector helen henrietta henry herbert herman hilda hiram homer horace howard hubert hugh ida ira irene
    irma irvin irving irwin isaac isabel isabella isabelle ivan jack jackie jackson jacob jacqueline jaime
    james jan jane janet janie jason jay jean jeanne jeff jefferson jennie jeremiah jerome jerry jesse
    jessie jim jimmy joan joann joaquin joe joel john johnny jon jonas jonathan jordan jorge jose joseph
    josephine joshua joyce juan juanita judith julia julian julio julius june justin karen karl kate
    katherine kathleen katie kathryn keith ken kenneth kermit kit larry laura laurence lawrence lee leland
    lena leo leon leona leonard leonardo leroy leslie lester levi lewis lila lillian lincoln linda linus
    lloyd lois loretta lorraine lou louis louisa louise lucille lucius lucretia lucy luis luther lydia lyle
    lyndon lynn mabel mae magdalena malcolm manuel marc marcella marco marcus margaret marguerite maria
    marian marie marilyn marion mario marjorie mark marshall martha martin marvin mary matilda matt matthew
    maude maurice max maxine may maya melvin mercedes merle mervyn michael miguel mike mildred millard
    milton minnie miriam mitchell molly monroe morris moses muriel myra myrtle nancy nathan nathaniel neal
    neil nellie nelson nettie nicholas nick nicolas noah nora norma norman octavio olga olive oliver opal
    oran orville oscar otis otto owen pablo pat patricia patrick patsy paul paula pauline pearl pedro peggy
    percy perry pete peter phil philip phillip phillis phoebe phyllis pio polly ralph ramon randall raphael
    raul ray raymond rebecca reynaldo ricardo richard rita robert roberta roberto rodger rodolfo roger
    roland ronald rosa rosalind rose rosemary ross roy ruben ruby rudolph rufus russell ruth sadie sal sally
    salvador sam samuel sandra sara sarah scott selma seth shirley sidney sojourner sonia sophia stanley
    stella stephen steve steven stuart susan susie sylvester sylvia ted teresa terrence thaddeus thelma
    theodore theresa thomas thurgood thurman tim timothy tom tomas tony truman tyler ulysses ursula
    valentine vera vernon veva vicente victor victoria vincent viola violet virgil virginia vivian wade
    waldo wallace walt walter warren washington wayne wendell wilbur wilda willa willard willard william
    willie willis wilma wilson winfield winifred winston woodrow yvonne zachary
    """
)
