"""Abbreviations that end in a full stop, by language: what may follow them without a new sentence.

Only those that a capital letter or a digit may follow are needed: before a small letter
any short word is taken for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_LEADING = {
    "en": "mr mrs ms dr prof rev hon gov gen sen rep sgt capt lt col maj cmdr st mt ft messrs vs e.g i.e cf viz"
    " approx esp incl dept univ pres supt jan feb mar apr jun jul aug sept sep oct nov dec",
    "de": "n v hr hrn fr dr prof dipl ing st bzw z.b d.h u.a v.a i.d.r z.t s.o s.u vgl ca evtl ggf inkl exkl zzgl"
    " bspw sog gem lt tel geb gest hrsg dt engl frz jan feb febr apr jun jul aug sept okt nov dez str"
    " abschn insb allg ehem einschl gegr jew urspr verw",
    "fr": "m mm mme mmes mlle mlles mgr dr pr st ste me cf ex p.ex c.-à-d env av apr éd tél janv févr avr juil"
    " sept oct nov déc boul bd",
    "es": "sr sra sres srta d dña dr dra prof profa lic ing av avda c p.ej ej cf gral cap tel pág ee aa",
    "it": "sig sig.ra sigg dott dott.ssa dr prof prof.ssa avv ing arch rag geom s ss mons p.es es cfr tel ca fr",
    "pt": "sr sra srs dr dra prof profa eng exmo exma ilmo av d p.ex ex cf tel pe gen cel cap",
    "nl": "dhr mevr mw mr dr drs ir ing prof st bijv bv d.w.z o.a m.a.w t.a.v t.o.v i.p.v m.b.t n.a.v z.g zgn"
    " ca evt incl excl jan feb mrt apr jun jul aug sept okt nov dec",
    "sv": "dr prof hr fru t.ex bl.a d.v.s dvs s.k ca jfr f.d fr.o.m t.o.m",
    "da": "dr prof hr fr f.eks bl.a dvs ca jf sml pga mht evt inkl ekskl tidl",
    "nb": "dr prof hr fr f.eks bl.a dvs ca jf pga mht evt inkl ekskl tidl bl",
    "fi": "esim ks ns mm ts tri prof toht huom vrt n ym",
    "et": "hr pr dr prof nt st ca lp vt",
    "pl": "dr mgr inż prof hab gen płk ul al os pl św np tzn tzw m.in ok por ks bp red",
    "cs": "dr mgr ing mudr judr phdr bc prof doc sv např tj tzv tzn resp cca srov ul nám p pí gen",
    "sk": "dr mgr ing mudr judr bc prof doc sv napr tj tzv t.j resp cca porov ul nám p gen",
    "hr": "dr prof mr g gđa gđica sv npr tj tzv ul o",
    "sl": "dr prof mag g ga gdč sv npr tj t.i oz ul",
    "hu": "dr prof ifj id özv pl ún ill kb vö u",
    "ro": "dl dna d-na d-l dr prof ing sf ex cca str bd",
    "tr": "dr prof doç yrd av sn hz örn bkz yy m.ö m.s cad sok mah",
    "lt": "dr prof pvz t.y žr plg g a.a",
    "lv": "dr prof piem t.i sk sal",
    "ru": "г-н г-жа гг-н проф акад доц инж св ул пл пер просп наб обл т.е т.н т.к напр см ср тел о пос д кв корп",
    "uk": "п пп проф акад доц інж ім св вул пл просп обл т.зв див напр тел м с буд кв",
    "be": "сп праф акад ім св вул пл т.зв гл напр тэл",
    "bg": "г-н г-жа г-ца проф д-р акад доц инж св ул бул т.нар напр вж тел",
    "sr": "др проф г-ђа св тзв тј нпр ул бр",
    "el": "κ κα κος δρ καθ αγ π.χ δηλ βλ τηλ λ.χ",
    "hi": "डॉ श्री पं प्रो कु सु",
    "mr": "डॉ श्री प्रा",
    "ne": "डा श्री प्रा",
    "bn": "ড ডা মো অধ্যাপক",
    "ar": "د أ م ص ت",
    "id": "dr drs ir prof tn ny sdr jl mis tgl",
    "vi": "tp ts ths gs pgs bs q p",
}
"""What comes before a name or an explanation; it hardly ever ends a sentence."""
_TRAILING = {
    "en": "etc inc ltd corp co bros jr sr esq a.m p.m al ed eds ave blvd",
    "de": "usw chr etc u.ä o.ä u.v.m o.g u.s.w uswf jh jhd jhs gmbh mio mrd tsd std",
    "fr": "etc cie ltée",
    "es": "etc cía s.a ltda ud uds vd vds",
    "it": "ecc etc s.p.a s.r.l",
    "pt": "etc cia ltda s.a",
    "nl": "enz e.d e.a etc b.v",
    "sv": "osv m.m m.fl etc",
    "da": "osv mv m.v m.m m.fl etc",
    "nb": "osv mv m.m m.fl etc",
    "fi": "jne yms ym ym.s",
    "et": "jne jm",
    "pl": "itd itp r w in zł tys godz min",
    "cs": "atd apod aj r st hod",
    "sk": "atď apod a.i r st",
    "hr": "itd i.sl god",
    "sl": "itd ipd",
    "hu": "stb rt kft",
    "ro": "etc ş.a s.a",
    "tr": "vb vs a.ş",
    "lt": "t.t m d",
    "lv": "u.c utt",
    "ru": "т.д т.п др пр н.э руб коп тыс млн млрд ч мин сек",
    "uk": "т.д т.п ін ст грн тис млн млрд",
    "be": "т.д",
    "bg": "т.н и.др др лв",
    "sr": "итд год",
    "el": "κ.λπ κλπ κ.ά",
    "id": "dll dsb dst",
    "vi": "v.v",
}
"""What may as well end a sentence: a capital letter behind it begins a new one."""
_NUMBERED = {
    "": "no nos nr nrs pp p vol fig figs sec art ch par n° max min",
    "de": "s abb tab kap bd nrn rn abs ziff pkt aufl mind",
    "fr": "p art chap fig tab t vol",
    "es": "núm pág págs art cap fig n",
    "it": "n nn pag pagg art cap fig",
    "pt": "n pág págs art cap fig núm",
    "nl": "nr blz art hfst",
    "sv": "s kap",
    "da": "s kap stk",
    "nb": "s kap",
    "pl": "s str rozdz ryc tab",
    "cs": "č čl s str obr tab",
    "sk": "č čl s str obr tab",
    "hu": "sz o",
    "ro": "pag nr",
    "ru": "с стр рис табл гл ст п пп ч т № оз",
    "uk": "с стор рис табл гл ст п ч т",
    "fi": "s luku",
    "tr": "s no sf",
}
"""What is an abbreviation before digits only."""
_COUNTED = {"ru": "г гг в вв", "uk": "р рр", "be": "г гг", "bg": "г", "sr": "г"}
"""Years and centuries behind digits, else a town or a name's beginning."""
_STARTERS = {
    "en": "the a an he she it they we i you this that these those there but and in on at if when while after"
    " before for his her its their our my as however meanwhile although what who why how",
}
"""Behind U.S. and its like: words with a capital only because a sentence begins."""
_WORDS_ELSEWHERE = frozenset({"ex", "me", "pl"})
"""Abbreviations that are words where the language is not known."""
_KIN = {
    "no": "nb",
    "nn": "nb",
    "bs": "hr",
    "sh": "hr",
    "lb": "de",
    "gsw": "de",
    "nds": "de",
    "af": "nl",
    "ca": "es",
    "gl": "pt",
    "ms": "id",
    "mk": "sr",
    "fo": "da",
    "is": "da",
    "hsb": "cs",
    "dsb": "cs",
}
"""Languages whose abbreviations are taken to be those of another."""
_ORDINAL = frozenset({
    "de", "da", "nb", "fi", "et", "cs", "sk", "pl", "hr", "sr", "sl", "hu", "lv", "lt", "tr", "eu",
})  # fmt: skip
_MONTHS = (
    "januar jänner februar feber märz april mai juni juli august september oktober november dezember"
    " jahrhundert jahrhunderts jahrtausend jh weltkrieg stock stockwerk etage klasse platz mal runde liga tag"
    " woche kapitel auflage bezirk geburtstag jahrestag lebensjahr person spieltag minute kongress reich armee"
)
_BEFORE_ORDINALS = "die das am der den dem des vom zum zur im beim bis ab seit jeder jeden jedem jede dieser diesem"


@dataclass(frozen=True, kw_only=True)
class Abbreviations:
    """Those of one language, in small letters and without the last full stop.

    Args:
        leading: Never the end of a sentence.
        trailing: The end of one before a capital letter.
        numbered: Abbreviations before digits.
        counted: The end of a sentence behind digits (a year), never elsewhere (a town).
        starters: What begins a sentence when it has a capital behind an abbreviation in capitals.
        has_ordinals: Whether "3." may be a third.
        before_ordinals: Words behind which "3." is one.
        behind_ordinals: Nouns before which it is.
    """

    leading: frozenset[str]
    trailing: frozenset[str]
    numbered: frozenset[str]
    counted: frozenset[str]
    starters: frozenset[str]
    has_ordinals: bool
    before_ordinals: frozenset[str]
    behind_ordinals: frozenset[str]


@cache
def abbreviations(language: str) -> Abbreviations:
    """The abbreviations of a language by its base code; of the commonest ones together where it is empty or unknown."""
    base = _KIN.get(language, language)
    several = (base,) if base in _LEADING else ("en", "de", "fr", "ru")
    return Abbreviations(
        leading=_words(_LEADING, several) - (_WORDS_ELSEWHERE if len(several) > 1 else frozenset()),
        trailing=_words(_TRAILING, several),
        numbered=_words(_NUMBERED, ("", *several)),
        counted=_words(_COUNTED, several),
        starters=_words(_STARTERS, several),
        has_ordinals=base in _ORDINAL or not language,
        before_ordinals=frozenset(_BEFORE_ORDINALS.split()) if base == "de" else frozenset(),
        behind_ordinals=frozenset(_MONTHS.split()) if "de" in several else frozenset(),
    )


def _words(table: dict[str, str], languages: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for language in languages for word in table.get(language, "").split())
