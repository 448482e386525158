"""Plural forms of languages: which there are (Unicode CLDR), and gettext's formula for them (gettext manual).

CLDR's form for millions in Spanish, French, Italian, Portuguese and Catalan is left out: gettext has none, and without
it ``other`` is used.
"""

from __future__ import annotations

from braid.text.languages import canonical

_ONE = "nplurals=1; plural=0;"
_TWO = "nplurals=2; plural=(n != 1);"
_TWO_WITH_ZERO = "nplurals=2; plural=(n > 1);"
_EAST_SLAVIC = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
_POLISH = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
_CZECH = "nplurals=3; plural=(n==1 ? 0 : n>=2 && n<=4 ? 1 : 2);"
_LITHUANIAN = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && (n%100<10 || n%100>=20) ? 1 : 2);"
_LATVIAN = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);"
_ROMANIAN = "nplurals=3; plural=(n==1 ? 0 : (n==0 || (n%100 > 0 && n%100 < 20)) ? 1 : 2);"
_SLOVENIAN = "nplurals=4; plural=(n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3);"
_IRISH = "nplurals=5; plural=(n==1 ? 0 : n==2 ? 1 : n<7 ? 2 : n<11 ? 3 : 4);"
_WELSH = "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n==3 ? 3 : n==6 ? 4 : 5);"
_ARABIC = (
    "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5);"
)
_ICELANDIC = "nplurals=2; plural=(n%10!=1 || n%100==11);"

_FORMULAS = {
    _ONE: "bo id ja km ko lo ms my th vi yue zh",
    _TWO: "af az bg bn ca da de el en eo es et eu fi gl he hi hu hy it ka kk mn nb ne nl nn sq sv sw ta te ur uz pt gu",
    _TWO_WITH_ZERO: "br fa fr tr",
    _EAST_SLAVIC: "be bs hr ru sr uk",
    _POLISH: "pl",
    _CZECH: "cs sk",
    _LITHUANIAN: "lt",
    _LATVIAN: "lv",
    _ROMANIAN: "ro",
    _SLOVENIAN: "sl",
    _IRISH: "ga",
    _WELSH: "cy",
    _ARABIC: "ar",
    _ICELANDIC: "is mk",
}
_FORMULA_OF = {code: formula for formula, codes in _FORMULAS.items() for code in codes.split()}

_FORMS = {
    "few many": "be cs lt pl ru sk uk",
    "few": "bs hr ro sr",
    "two few": "sl",
    "zero": "lv",
    "two": "he",
    "two few many": "br ga mt",
    "zero two few many": "ar cy",
}
_MORE_FORMS = {code: forms.split() for forms, codes in _FORMS.items() for code in codes.split()}
"""Of languages that have more than ``one`` and ``other``."""


def plural_formula(language: str) -> str:
    """The value of a PO header's ``Plural-Forms`` for a language; "" where it is not known here."""
    if language.replace("_", "-").lower() == "pt-br":
        return _TWO_WITH_ZERO
    return _FORMULA_OF.get(canonical(language), "")


def missing_forms(forms: frozenset[str] | set[str], language: str) -> str:
    """Which plural forms a text would need in a language beside those it has, for a person; "" when it has them all."""
    missing = [form for form in _MORE_FORMS.get(canonical(language), ()) if form not in forms]
    return f"the language has plural forms that the text lacks: {', '.join(missing)}" if missing else ""
