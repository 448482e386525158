"""What Braid knows of languages: their base code, their English name, and whether they put spaces between words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

NAMES = {
    "aa": "Afar", "ab": "Abkhazian", "ae": "Avestan", "af": "Afrikaans", "ak": "Akan", "am": "Amharic",
    "an": "Aragonese", "ar": "Arabic", "as": "Assamese", "av": "Avar", "ay": "Aymara", "az": "Azerbaijani",
    "ba": "Bashkir", "be": "Belarusian", "bg": "Bulgarian", "bho": "Bhojpuri", "bi": "Bislama", "bm": "Bambara",
    "bn": "Bengali", "bo": "Tibetan", "br": "Breton", "bs": "Bosnian", "ca": "Catalan", "ce": "Chechen",
    "ch": "Chamorro", "ckb": "Central Kurdish", "co": "Corsican", "cr": "Cree", "cs": "Czech", "cu": "Church Slavic",
    "cv": "Chuvash", "cy": "Welsh", "da": "Danish", "de": "German", "dv": "Dhivehi", "dz": "Dzongkha", "ee": "Ewe",
    "el": "Greek", "en": "English", "eo": "Esperanto", "es": "Spanish", "et": "Estonian", "eu": "Basque",
    "fa": "Persian", "ff": "Fula", "fi": "Finnish", "fil": "Filipino", "fj": "Fijian", "fo": "Faroese", "fr": "French",
    "fy": "Western Frisian", "ga": "Irish", "gd": "Scottish Gaelic", "gl": "Galician", "gn": "Guarani",
    "gu": "Gujarati", "gv": "Manx", "ha": "Hausa", "he": "Hebrew", "hi": "Hindi", "ho": "Hiri Motu", "hr": "Croatian",
    "ht": "Haitian Creole", "hu": "Hungarian", "hy": "Armenian", "hz": "Herero", "ia": "Interlingua",
    "id": "Indonesian", "ie": "Interlingue", "ig": "Igbo", "ii": "Nuosu", "ik": "Inupiaq", "io": "Ido",
    "is": "Icelandic", "it": "Italian", "iu": "Inuktitut", "ja": "Japanese", "jv": "Javanese", "ka": "Georgian",
    "kg": "Kongo", "ki": "Kikuyu", "kj": "Kuanyama", "kk": "Kazakh", "kl": "Greenlandic", "km": "Khmer",
    "kn": "Kannada", "ko": "Korean", "kok": "Konkani", "kr": "Kanuri", "ks": "Kashmiri", "ku": "Kurdish", "kv": "Komi",
    "kw": "Cornish", "ky": "Kyrgyz", "la": "Latin", "lb": "Luxembourgish", "lg": "Ganda", "li": "Limburgish",
    "ln": "Lingala", "lo": "Lao", "lt": "Lithuanian", "lu": "Luba-Katanga", "lv": "Latvian", "mai": "Maithili",
    "mg": "Malagasy", "mh": "Marshallese", "mi": "Maori", "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian",
    "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "my": "Burmese", "na": "Nauruan", "nb": "Norwegian Bokmål",
    "nd": "Northern Ndebele", "ne": "Nepali", "ng": "Ndonga", "nl": "Dutch", "nn": "Norwegian Nynorsk",
    "no": "Norwegian", "nr": "Southern Ndebele", "nv": "Navajo", "ny": "Nyanja", "oc": "Occitan", "oj": "Ojibwe",
    "om": "Oromo", "or": "Odia", "os": "Ossetian", "pa": "Punjabi", "pi": "Pali", "pl": "Polish", "ps": "Pashto",
    "pt": "Portuguese", "qu": "Quechua", "rm": "Romansh", "rn": "Rundi", "ro": "Romanian", "ru": "Russian",
    "rw": "Kinyarwanda", "sa": "Sanskrit", "sah": "Yakut", "sc": "Sardinian", "sd": "Sindhi", "se": "Northern Sami",
    "sg": "Sango", "sh": "Serbo-Croatian", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "sm": "Samoan",
    "sn": "Shona", "so": "Somali", "sq": "Albanian", "sr": "Serbian", "ss": "Swati", "st": "Sotho", "su": "Sundanese",
    "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "tg": "Tajik", "th": "Thai", "ti": "Tigrinya",
    "tk": "Turkmen", "tl": "Tagalog", "tn": "Tswana", "to": "Tongan", "tr": "Turkish", "ts": "Tsonga", "tt": "Tatar",
    "tw": "Twi", "ty": "Tahitian", "ug": "Uyghur", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "ve": "Venda",
    "vi": "Vietnamese", "vo": "Volapük", "wa": "Walloon", "wo": "Wolof", "wuu": "Wu Chinese", "xh": "Xhosa",
    "yi": "Yiddish", "yo": "Yoruba", "yue": "Cantonese", "za": "Zhuang", "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip
"""Of all languages with a code of two letters (ISO 639-1), and of some others."""
_LONGER = (
    "aa=aar ab=abk ae=ave af=afr ak=aka am=amh an=arg ar=ara,arb as=asm av=ava ay=aym,ayr az=aze,azj ba=bak be=bel "
    "bg=bul bi=bis bm=bam bn=ben bo=bod,tib br=bre bs=bos ca=cat ce=che ch=cha co=cos cr=cre cs=ces,cze cu=chu cv=chv "
    "cy=cym,wel da=dan de=deu,ger dv=div dz=dzo ee=ewe el=ell,gre en=eng eo=epo es=spa et=est,ekk eu=eus,baq "
    "fa=fas,per,pes ff=ful,fuv fi=fin fj=fij fo=fao fr=fra,fre fy=fry ga=gle gd=gla gl=glg gn=grn gu=guj gv=glv ha=hau "
    "he=heb hi=hin ho=hmo hr=hrv ht=hat hu=hun hy=hye,arm hz=her ia=ina id=ind ie=ile ig=ibo ii=iii ik=ipk io=ido "
    "is=isl,ice it=ita iu=iku ja=jpn jv=jav ka=kat,geo kg=kon ki=kik kj=kua kk=kaz kl=kal km=khm kn=kan ko=kor "
    "kr=kau,knc ks=kas ku=kur,kmr kv=kom kw=cor ky=kir la=lat lb=ltz lg=lug li=lim ln=lin lo=lao lt=lit lu=lub "
    "lv=lav,lvs mg=mlg,plt mh=mah mi=mri,mao mk=mkd,mac ml=mal mn=mon,khk mr=mar ms=msa,may,zsm mt=mlt my=mya,bur "
    "na=nau nb=nob nd=nde ne=nep,npi ng=ndo nl=nld,dut nn=nno no=nor nr=nbl nv=nav ny=nya oc=oci oj=oji om=orm,gaz "
    "or=ori,ory os=oss pa=pan pi=pli pl=pol ps=pus,pbt pt=por qu=que,quy rm=roh rn=run ro=ron,rum ru=rus rw=kin "
    "sa=san sc=srd sd=snd se=sme sg=sag sh=hbs si=sin sk=slk,slo sl=slv sm=smo sn=sna so=som sq=sqi,alb,als sr=srp "
    "ss=ssw st=sot su=sun sv=swe sw=swa,swh ta=tam te=tel tg=tgk th=tha ti=tir tk=tuk tl=tgl tn=tsn to=ton tr=tur "
    "ts=tso tt=tat tw=twi ty=tah ug=uig uk=ukr ur=urd uz=uzb,uzn ve=ven vi=vie vo=vol wa=wln wo=wol xh=xho yi=yid,ydd "
    "yo=yor za=zha zh=zho,chi,cmn zu=zul"
)
"""Codes of three letters by those of two: ISO 639-2 and 639-3, and of a language that has several there, as Arabic or
Malay, the one that its name means where nothing else is said."""
_SHORT = {longer: short for pair in _LONGER.split() for short, _, codes in [pair.partition("=")]
          for longer in codes.split(",")}  # fmt: skip
_MODIFIERS = {"latin": "Latn", "cyrillic": "Cyrl", "arabic": "Arab", "devanagari": "Deva"}
"""Scripts as locales have them behind an @."""
_APART = re.compile("[-_@.]")
WITHOUT_SPACES = frozenset({"bo", "dz", "ja", "km", "lo", "my", "th", "wuu", "yue", "zh"})


@lru_cache(maxsize=256)
def canonical(language: str) -> str:
    """The base code in lower case, of two letters where there is one.

    Example:
        >>> [canonical(code) for code in ("zh_CN", "ZH-Hans", "cmn", "deu", "sr@latin", "yue")]
        ['zh', 'zh', 'zh', 'de', 'sr', 'yue']
    """
    base = base_code(language)
    return _SHORT.get(base, base)


def base_code(language: str) -> str:
    """A code without regions, scripts and the like, in lower case, but of as many letters as it was declared with."""
    return _APART.split(language.strip(), maxsplit=1)[0].lower()


@lru_cache(maxsize=256)
def declared_script(language: str) -> str:
    """The script that a code names (ISO 15924), "" where it names none.

    Example:
        >>> [declared_script(code) for code in ("ms-Arab", "srp_cyrl_RS", "uz@latin", "de_AT")]
        ['Arab', 'Cyrl', 'Latn', '']
    """
    for part in _APART.split(language.strip())[1:]:
        if part.lower() in _MODIFIERS:
            return _MODIFIERS[part.lower()]
        if len(part) == 4 and part.isascii() and part.isalpha():
            return part.title()
    return ""


def language_name(language: str) -> str:
    """The English name of a language, with the code where it says more; the code itself where there is none."""
    base = canonical(language)
    if base not in NAMES:
        return language
    return NAMES[base] if base == language.strip().lower() else f"{NAMES[base]} ({language})"


def has_spaces(language: str) -> bool:
    """True when the language puts spaces between its words."""
    return canonical(language) not in WITHOUT_SPACES


def guess_language(texts: Iterable[str]) -> str:
    """The code that the script alone gives away: zh, ja, th, or "" where it may be any of many languages."""
    counts = Counter(_script(char) for text in texts for char in text)
    del counts[""]
    if counts["ja"] > 0.1 * (counts["ja"] + counts["zh"]) > 0 and counts["ja"] > counts["other"]:
        return "ja"
    best = max(("zh", "th", "other"), key=lambda name: counts[name])
    return "" if best == "other" or not counts[best] else best


def _script(char: str) -> str:
    if "\u4e00" <= char <= "\u9fff":
        return "zh"
    if "\u3040" <= char <= "\u30ff":
        return "ja"
    if "\u0e00" <= char <= "\u0e7f":
        return "th"
    return "other" if char.isalpha() else ""
