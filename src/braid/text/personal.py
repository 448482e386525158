"""Personal data in texts: addresses, telephone numbers, cards, accounts and official numbers, found and masked.

What has check digits must pass them; what has none must stand as such numbers are written. A version, a date, an ISBN
or an amount is none of them. Names of people and places are not looked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import NamedTuple

from braid.text.checksums import (
    IBAN_LENGTHS,
    is_chinese_id,
    is_french_nir,
    is_german_tax_id,
    is_iban,
    is_payment_card,
    is_us_ssn,
)
from braid.text.numerals import OTHER_DIGITS, has_digit
from braid.text.phones import BEGIN, END, HAN, is_invented, phones


class Found(NamedTuple):
    """A piece of personal data in a text.

    Args:
        kind: One of `KINDS`, or of `EXAMPLES` for what only shows how such a thing is written.
        begin: Its first character.
        end: The character behind it.
    """

    kind: str
    begin: int
    end: int


KINDS = frozenset({
    "credentials", "email", "iban", "chinese_id", "payment_card", "us_ssn", "french_nir", "german_tax_id", "phone",
    "ip_address", "mac_address",
})  # fmt: skip
"""What is masked."""
EXAMPLES = frozenset({"example_credentials", "example_email", "example_phone", "example_mac_address"})
"""What is found but never masked: documentation and forms are full of it, and it belongs to nobody."""

_HIDDEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
"""Characters of no width: two parts of a number stay one number."""
_FOREIGN = re.compile("[\uff01-\uff5e\u2010-\u2015\u2212\u00a0\u2000-\u200a\u202f\u3000]|(?![0-9])\\d")
_DIGITS = re.compile(r"[+(]{0,2}\d(?:[ ()./-]{0,3}\d){6,}+")
"""Seven digits or more that stand together."""
_MAY_HAVE = re.compile(f"[0-9{OTHER_DIGITS}@＠:)\\]-]")
"""Signs of which all that is looked for has one: a set is searched far faster than anything else."""
_ENOUGH_DIGITS = re.compile(r"\d(?:\W{0,3}\d){6}")

_LETTER = "A-Za-z0-9\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff"
"""What addresses are made of; not Chinese, which may stand around them without a space."""
_EMAIL = re.compile(
    rf"(?<![{_LETTER}_.%+])(?:(?<!-)|(?<=[\u4e00-\u9fff-]-))(?P<address>[{_LETTER}][{_LETTER}_.%+'-]{{0,63}}@"
    rf"(?P<domain>(?:[{_LETTER}](?:[{_LETTER}-]{{0,61}}[{_LETTER}])?\.){{1,6}}(?P<top>[^\W\d_]{{2,24}})))(?![{_LETTER}_@])(?!:[/~\w])"
)
_RUN = 200
"""Characters before an address that are looked at."""
_PARTED = re.compile(r"""[^!-~]|[,;"'<>|(){}\[\]]""")
"""Signs that no web address and no path goes on behind."""
_SPELLED_EMAIL = re.compile(
    rf"(?<![{_LETTER}_.%+-])[{_LETTER}][{_LETTER}_.%+-]{{0,63}} ?[\[(]at[\])] ?"
    rf"(?:[{_LETTER}-]{{1,63}}(?:\.| ?[\[(]dot[\])] ?)){{1,6}}[A-Za-z]{{2,24}}(?![{_LETTER}_@])",
    re.IGNORECASE,
)
_CREDENTIALS = re.compile(r"(?<=://)(?P<user>[^\s/@:\u4e00-\u9fff]{1,64}):(?P<secret>[^\s/@]{1,128})@[^\s/@]")
_NO_SECRET = re.compile(
    r"(?:my|your)?_?(?:pass(?:word|wd)?|pwd|secret|token|key|mot-de-passe|passwort)\d?|\W.*|x+", re.IGNORECASE
)
_FILES = frozenset({
    "png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "html", "htm", "xml", "json", "txt", "pdf", "zip", "gz",
    "conf", "cfg", "ini", "service", "socket", "timer", "slice", "mount", "target", "scope", "device",
})  # fmt: skip
"""Ends of names that stand behind an @ and are no domains: icon@2x.png, getty@tty1.service."""
_EXAMPLE_DOMAIN = re.compile(
    r"(?:.*\.)?(?:(?:example|beispiel|exemple|domain|domäne|domaine|e-?mail-?address)"
    r"|(?:my|your|some|another|meine?|ihre?|deine?|votre|mon)-?(?:domain|company|e-?mail|mail|site|website|host|server|provider"
    r"|firma|organization|school))\.[a-z]{2,7}(?:\.[a-z]{2})?"
    r"|(?:.*\.)?(?:the-?)?(?:company|site|website|host|server|provider|firma|foo|bar|baz|test|acme|organization|xyz|abc|school)"
    r"\.(?:com|org|net|edu|tld)"
    r"|(?:.*\.)?example\..*|.*\.(?:example|test|invalid|localhost|local|localdomain|lan|internal|(?:my|your)domain)",
    re.IGNORECASE,
)
"""Domains of RFC 2606 and those that people write in their place; none at which everybody may have an address."""

_SEPARATED_ID = r"[1-9]\d{5}([ -]?)(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\1\d{3}[\dXx]"
_CARD = r"(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{4,5})"
_NIR = r"[12]( ?)\d\d\1\d\d\1(?:\d\d|2[ABab])\1\d{3}\1\d{3}[ -]?\d\d"
_NUMBERS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("chinese_id", re.compile(BEGIN + _SEPARATED_ID + END), is_chinese_id),
    ("french_nir", re.compile(BEGIN + _NIR + END), is_french_nir),
    ("payment_card", re.compile(BEGIN + _CARD + END), is_payment_card),
    ("us_ssn", re.compile(rf"{BEGIN}\d{{3}}([ -]?)\d\d\1\d{{4}}{END}"), is_us_ssn),
    ("german_tax_id", re.compile(rf"{BEGIN}(?:\d\d \d{{3}} \d{{3}} \d{{3}}|\d{{11}}){END}"), is_german_tax_id),
)
"""Numbers by form and by what they must pass without their separators."""
_NAMED = {
    "us_ssn": re.compile(r"ssn|social security", re.IGNORECASE),
    "german_tax_id": re.compile(r"steuer|id-?nr|tax|\btin\b|税", re.IGNORECASE),
}
"""What must stand before numbers whose form says too little."""
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}\d\d(?: ?[0-9A-Z]){11,31}", re.IGNORECASE | re.ASCII)
_IPV4 = re.compile(r"(?<![\w.-])(?:[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}(?!\.?\w|-\d)")
_TWO_OCTETS = re.compile(r"\d\.\d{1,3}\.")
_IPV6 = re.compile(
    r"(?<![\w.])(?:(?<![:0-9A-Fa-f]:)|(?<=[TtVv]6:))[23][0-9A-Fa-f]{3}(?::{1,2}[0-9A-Fa-f]{1,4}){2,7}(?:::)?(?![\w:])"
)
_VERSION = re.compile(
    r"(?:\bv|version|versions|release|build|firmware|section|chapter|kernel|driver|oid|版本|版|第)[\s.:=]{0,2}\Z",
    re.IGNORECASE,
)
_HOST = re.compile(r"\bip(?:v4)?\b|\bhost|address|adresse|server|\bping\b|\bdns\b|地址|服务器|://\Z", re.IGNORECASE)
_SMALL = 32
"""Three numbers below this are more often a version or a section than an address; so are zeros in the middle."""
_MAC = re.compile(
    r"(?<![0-9A-Za-z.-])(?<!(?<![A-Za-z])[0-9A-Fa-f]{2}:)(?<!::)[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![0-9A-Za-z]|[:-][0-9A-Fa-f])"
)
_EXAMPLE_MAC = re.compile(
    r"(..).(?:\1.?)+|(?:00.11.22|01.23.45|12.34.56|aa.bb.cc|11.22.33|00.00.5e.00.53).*", re.IGNORECASE
)


def find_personal(text: str) -> list[Found]:
    """Personal data in a text, in order; none overlaps another.

    Digits of any script and full-width signs count as what they are; characters without width, as they hide a number
    from a search, are passed over. Begin and end are those in the text as it was given. Addresses in private networks
    and of no host, of documentation (RFC 5737, RFC 3849) and toll-free numbers are not personal.

    Args:
        text: Any text; linear time in its length.

    Example:
        >>> find_personal("Call +49 30 5683 1140 or write to ada@lovelace.dev, not to you@example.com")
        [Found(kind='phone', begin=5, end=21), Found(kind='email', begin=34, end=50), Found(kind='example_email', ...)]
    """
    if not _MAY_HAVE.search(text):
        return []
    searches = [search for may_be, search in _SEARCHES if may_be(text)]
    if not searches:
        return []
    plain, offsets = _folded(text)
    taken: list[Found] = []
    for search in searches:
        taken.extend(search(plain))
    found = _apart(taken)
    if offsets is None:
        return found
    return [Found(kind, offsets[begin], offsets[end - 1] + 1) for kind, begin, end in found]


def mask_personal(text: str) -> tuple[str, Counter[str]]:
    """The text with ``<email>``, ``<phone>`` and so on in the place of personal data, and how many there were of each.

    A kind has one token, so that both sides of a pair are changed alike. Examples stay. Idempotent.
    """
    counts: Counter[str] = Counter()
    # a number that was glued to an address stands free once that is masked
    while found := [one for one in find_personal(text) if one.kind in KINDS]:
        pieces, begin = [], 0
        for one in found:
            pieces += [text[begin : one.begin], f"<{one.kind}>"]
            begin = one.end
        text = "".join([*pieces, text[begin:]])
        counts.update(one.kind for one in found)
    return text, counts


def _folded(text: str) -> tuple[str, list[int] | None]:
    """The text in ASCII digits and signs, and where each character comes from if some were left out."""
    if text.isascii():
        return text, None
    offsets = None
    if _HIDDEN.search(text):
        offsets = [place for place, char in enumerate(text) if not _HIDDEN.match(char)]
        text = _HIDDEN.sub("", text)
    return _FOREIGN.sub(lambda match: _plain(match[0]), text), offsets


def _plain(char: str) -> str:
    if "\uff01" <= char <= "\uff5e":
        return chr(ord(char) - 0xFEE0)
    value = unicodedata.decimal(char, None)
    return str(value) if value is not None else " " if char.isspace() else "-"


def _apart(found: list[Found]) -> list[Found]:
    """Those that overlap none named before them, in the order of the text."""
    kept: list[Found] = []
    covered: set[int] = set()
    for one in found:
        places = range(one.begin, one.end)
        if covered.isdisjoint(places):
            covered.update(places)
            kept.append(one)
    return sorted(kept, key=lambda one: one.begin)


def _credentials(text: str) -> Iterator[Found]:
    for match in _CREDENTIALS.finditer(text):
        kind = "example_credentials" if _NO_SECRET.fullmatch(match["secret"]) else "credentials"
        yield Found(kind, match.start(), match.end("secret"))


def _emails(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        address, domain = match["address"], match["domain"].lower()
        if match["top"].lower() in _FILES or address.startswith("git@") or _is_in_path(text, match):
            continue
        is_example = _EXAMPLE_DOMAIN.fullmatch(domain)
        yield Found("example_email" if is_example else "email", *match.span("address"))
    if re.search(r"[\[(]at[\])]", text, re.IGNORECASE):
        for match in _SPELLED_EMAIL.finditer(text):
            yield Found("email", *match.span())


def _is_in_path(text: str, match: re.Match[str]) -> bool:
    """Whether a web address, a path or a service goes on with it; `:` and `/` may also stand between a word and it."""
    begin = match.start()
    if text[begin - 1 : begin] not in (":", "/"):
        return False
    run = _PARTED.split(text[max(0, begin - _RUN) : begin])[-1]
    if "://" in run or run.startswith("www."):
        return True
    is_realm = match["domain"].isupper() and match["address"][0].islower()  # Kerberos: http/www.a.dev@A.DEV
    is_absolute = run == "/" and not text[max(0, begin - 2) : begin - 1].isalnum()
    is_path = is_realm or is_absolute or run.count("/") > 1 or "." in run or "~" in run
    return run[-1] == "/" and "@" not in run and is_path


def _ibans(text: str) -> Iterator[Found]:
    for match in _IBAN.finditer(text):
        length = IBAN_LENGTHS.get(match[0][:2].upper(), 0)
        end, code = match.start(), ""
        while end < match.end() and len(code) < length:
            code += text[end].strip().upper()
            end += 1
        if length and is_iban(code) and not text[end : end + 1].isalnum():
            yield Found("iban", match.start(), end)


def _digits(text: str) -> Iterator[Found]:
    """Official numbers, cards and telephone numbers."""
    yield from _ibans(text)
    is_chinese = bool(HAN.search(text))
    for run in _DIGITS.finditer(text):
        begin, end = run.start(), min(run.end() + 24, len(text))
        for kind, form, check in _NUMBERS:
            for match in form.finditer(text, max(0, begin - 12), end):
                written = match[0]
                is_bare = "-" not in written if kind == "us_ssn" else written.isdigit()
                needs_name = _NAMED.get(kind) if is_bare else None
                if needs_name and not needs_name.search(text, max(0, match.start() - 40), match.start()):
                    continue
                if check(re.sub("[ -]", "", written)):
                    yield Found(kind, *match.span())
        for first, last in phones(text, begin, min(run.end() + 2, len(text)), is_chinese=is_chinese):
            is_example = is_invented(text[first:last])
            yield Found("example_phone" if is_example else "phone", first, last)


def _ipv4(text: str) -> Iterator[Found]:
    """Public addresses of hosts."""
    for match in _IPV4.finditer(text):
        before = text[max(0, match.start() - 24) : match.start()]
        is_small = ".0.0." in match[0] or sum(int(part) >= _SMALL for part in match[0].split(".")) < 2
        if _is_public(match[0], IPv4Address) and not _VERSION.search(before) and (not is_small or _HOST.search(before)):
            yield Found("ip_address", *match.span())


def _ipv6_and_mac(text: str) -> Iterator[Found]:
    """Public addresses of hosts, and hardware addresses."""
    for match in _IPV6.finditer(text):
        if _is_public(match[0], IPv6Address):
            yield Found("ip_address", *match.span())
    for match in _MAC.finditer(text):
        kind = "example_mac_address" if _EXAMPLE_MAC.fullmatch(match[0]) else "mac_address"
        if re.search("[A-Fa-f]", match[0]) or match[1] == ":":
            yield Found(kind, *match.span())


def _is_public(written: str, kind: type[IPv4Address] | type[IPv6Address]) -> bool:
    try:
        address = kind(written)
    except AddressValueError:
        return False
    return address.is_global and not address.is_multicast


_SEARCHES: tuple[tuple[Callable[[str], object], Callable[[str], Iterator[Found]]], ...] = (
    (lambda text: "://" in text and "@" in text, _credentials),
    (lambda text: "@" in text or "＠" in text or "at)" in text or "at]" in text, _emails),
    (lambda text: text.count(".") > 2 and _TWO_OCTETS.search(text), _ipv4),
    (lambda text: text.count(":") > 4 or "::" in text or text.count("-") > 4, _ipv6_and_mac),
    (lambda text: has_digit(text) and _ENOUGH_DIGITS.search(text), _digits),
)
"""What a text must have at least before a search is worth its time; what is found first is not found again."""
