"""Placeholders and tags: the pieces of a text that a translation must hold letter by letter.

What a translation has to keep without exception is strict: tags, ``{name}``, ``%s`` and their kin. Addresses, paths,
options, character entities and escapes are kept by the translator too, but a human translation may rightly have another
address, or a quotation mark in place of an entity, so that no row is judged by them. ``<path>`` where nothing closes it
is a word to be translated (94 of 10,720 rows of a program's catalog differed by such). ``:name`` and ``%1`` stand
between: what the source has is asked for, what only the target has may be an accident of punctuation.

Forms: printf of C, Objective-C, Windows and Python; braces of Python, ICU, JavaScript frameworks and shells; ``%1`` of
Qt; ``%name%`` of Symfony; ``$t(key)`` of i18next; ``@:key`` of Vue; ``:name`` of Laravel; tags of HTML, XLIFF, React
and templates. The sign in ``#{id}`` is none of it: before a number a translation may write "Nr." (2 of 133,786 rows
of catalogs). Neither is ``%%``, which may be two signs that stand for themselves.
"""

from __future__ import annotations

import functools
import itertools
import operator
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from braid.text.messages import Message, find_messages

MAX_MESSAGES = 16
"""In a text with more ICU messages every placeholder counts by itself."""

# No branch repeats over what another part of it can match, and none begins anew inside of what it tried already.
# "100% sure" is no placeholder, but a unit or a plural s may follow one: "%dMB", "%ss". Letters and digits are those
# of ASCII wherever a text without spaces may follow directly.
_FORMS = {
    "tag": r"<%[=\-#]?[^<>%]{1,100}-?%>|</?(?:[A-Za-z][\w.:-]{0,30}|\d{1,3})(?:\s[^<>=]{1,60}=[^<>]*)?\s?/?>",
    "brace": r"\{\{\{[^{}]{1,60}\}\}\}|\{\{[^{}]{1,60}\}\}|\[\[ ?[A-Za-z_][\w.$-]{0,58} ?\]\]"
    r"|[$%]?\{(?:#|[\w.:!\-+, $@]{0,60}|[\w.]{1,40}, ?(?:number|date|time|duration|ordinal|spellout)"
    r"(?:, ?[^{}]{1,40})?)\}"
    r"|\{[\w.]{0,40}(?:\[[^\[\]{}]{1,30}\][\w.]{0,20})?(?:![rsa])?(?::[^{}\s][^{}\n]{0,20})?\}"
    r"|\$t\([^()]{1,60}\)|(?<![\w@])@:(?:\([^()\n]{1,60}\)|[A-Za-z][\w.]{0,60}\w)",
    "percent": r"%\([^(){}]{1,60}\)[+\-0]?\d{0,2}(?:\.\d{1,2})?[a-zA-Z]"
    r"|%(?:\d{1,2}\$)?[+\-0]?\d{0,2}(?:\.\d{1,2})?(?:ll?|hh?|z)?[sdifgueoxX@]"
    r"(?=(?:s|th|x|h|ms?|px|[KMGTkm]i?B)?(?![A-Za-z0-9_]))"
    r"|%(?:\d{1,2}\$)?[+\-0#]?\d{0,2}(?:\.\d{1,2})?(?:I64|I32|q|j|t)[diouxX](?![A-Za-z0-9_])"
    r"|%\d{1,2}![+\-0#]?\d{0,2}(?:\.\d{1,2})?(?:ll|l|h|I64)?[sdiuxXcS]!"
    r"|(?<![A-Za-z0-9_%])%[A-Za-z_][A-Za-z0-9_.]{1,30}%(?![A-Za-z0-9_])",
    "number": r"(?<![A-Za-z0-9_%.,])%(?:L?[1-9]|n)(?![A-Za-z0-9_%$])",
    "colon": r"(?:(?<=[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uff60])|(?<![\w:/.)[\]}>@\\-])):[A-Za-z][A-Za-z0-9_]{2,30}"
    r"(?![A-Za-z0-9_:(])",
    "entity": r"&(?!(?:amp|nbsp|quot|apos|[lrb]s?[ad]?quo|[mn]dash|hellip|shy|thinsp);)"
    r"(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{2,7}|#x[0-9A-Fa-f]{2,6});",
    "address": r"(?<![A-Za-z0-9])(?:https?|ftps?|wss?)://[A-Za-z0-9\-._~:/?#\[\]@!$&()*+,;=%]*[A-Za-z0-9/_#=&%+~-]"
    r"|(?<![A-Za-z0-9_.+%-])[A-Za-z0-9_.+%-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}",
    "path": r"(?<![\w/.~:<-])~?/[A-Za-z][A-Za-z0-9_.+-]{0,80}(?:/[A-Za-z0-9_.+-]{0,80}[A-Za-z0-9_+-]){1,12}/?"
    r"|(?<![A-Za-z0-9])[A-Za-z]:\\[A-Za-z0-9_.+-]{1,80}(?:\\[A-Za-z0-9_.+-]{1,80}){0,12}",
    "option": r"(?<![\w-])--[a-z](?:-?[a-z0-9])*+(?![\w-])",
    "escape": r"(?<!\\)\\[nrt](?![a-z])",
}
_PATTERN = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in _FORMS.items()))
_SIGN = re.compile(r"[<{%&@\\:/\[-]")
"""Signs of which each placeholder has one: a set is searched far faster than what follows."""
_BEGIN = re.compile(r"[<{$%:&~/\\\[]")
_BEGIN_OR_OPTION = re.compile(r"[<{$%:&~/\\\[-]")
"""With which each form begins that is no address and no path of a drive."""
_HINT = re.compile(r"[<{%&@\\]|[:/][A-Za-z/]|--|\[\[")
# Elements of HTML and XLIFF are tags even where they are alone; other names are not.
_ELEMENTS = (
    "a|abbr|b|bdi|bdo|big|blockquote|body|br|button|cite|code|col|dd|del|dfn|div|dl|dt|em|font|form|g|head|header|hr"
    "|html|i|img|input|ins|kbd|label|li|link|mark|meta|ol|p|pre|q|ruby|s|samp|section|small|span|strike|strong|sub|sup"
    "|table|tbody|td|textarea|tfoot|th|thead|time|title|tr|tt|u|ul|var|wbr|x"
)
_WORD = re.compile(rf"<(?!(?:{_ELEMENTS}|h[1-6])>)[A-Za-z][A-Za-z_.-]*>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([^\s/>]++)(?:[^>/]++|/(?!>))*+(/?)>")
_STRICT = frozenset({"tag", "brace", "percent"})
_LENIENT = frozenset({"number", "colon"})
"""Asked for where the source has them."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A piece of a text that stays as it is.

    Args:
        start: Offset of its first character.
        end: The character behind its last.
        kind: Its form; a key of this module's table, or "word".
        text: Itself.
    """

    start: int
    end: int
    kind: str
    text: str

    @property
    def key(self) -> str:
        """Its text without spaces, by which the two sides of a pair are compared."""
        return self.text.replace(" ", "")


def find_placeholders(text: str) -> list[Placeholder]:
    """The placeholders of a text in order; none overlaps another.

    Braces around a branch of an ICU message are none.

    Cost: O(length of the text).
    """
    if not _may_have(text):
        return []
    around = {start - 1 for message in find_messages(text) for start, _ in message.branches} if "{" in text else ()
    found, position = [], 0
    search = _search_of(text)
    while match := search(text, position):
        is_branch = match.start() in around
        position = match.start() + 1 if is_branch else match.end()
        if not is_branch:
            found.append(Placeholder(*match.span(), match.lastgroup or "", match[0]))
    return _with_words(text, found) if "<" in text else found


def _search_of(text: str) -> Callable[[str, int], re.Match[str] | None]:
    """What finds the next placeholder: at the signs with which they begin, where none may begin with a letter."""
    if "@" in text or "://" in text or ":\\" in text:
        return _PATTERN.search
    return functools.partial(_search_at_signs, _BEGIN_OR_OPTION if "--" in text else _BEGIN)


def _search_at_signs(begin: re.Pattern[str], text: str, position: int) -> re.Match[str] | None:
    for sign in begin.finditer(text, position):
        if match := _PATTERN.match(text, sign.start()):
            return match
    return None


def _may_have(text: str) -> bool:
    """False when a text has surely no placeholder; cheap."""
    return bool(_SIGN.search(text) and _HINT.search(text))


def _with_words(text: str, found: list[Placeholder]) -> list[Placeholder]:
    """The same, ``<path>`` being of the kind "word" unless it is an element's name or something closes it."""
    words = {place for place, one in enumerate(found) if one.kind == "tag" and _WORD.fullmatch(one.text)}
    if words:
        words -= {opening for opening, _ in pairs_of_tags(text, found)}
        found = [replace(one, kind="word") if place in words else one for place, one in enumerate(found)]
    return found


def placeholders(text: str) -> Counter[str]:
    """How often each strict placeholder or tag stands in a text; spaces inside one do not count.

    Of an ICU message the argument counts, and what stands in any of its branches counts as often as in the branch that
    has most of it: languages differ in their plurals.
    """
    return _count(text)[0]


def _count(text: str) -> tuple[Counter[str], Counter[str]]:
    """What is strict, and what is asked for."""
    if not _may_have(text):
        return Counter(), Counter()
    messages = list(itertools.islice(find_messages(text), MAX_MESSAGES + 1)) if "{" in text else []
    if 0 < len(messages) <= MAX_MESSAGES:
        return _count_message(text, messages[0])
    found = find_placeholders(text)
    strict = Counter([one.key for one in found if one.kind in _STRICT])
    return strict, strict + Counter([one.key for one in found if one.kind in _LENIENT])


def _count_message(text: str, message: Message) -> tuple[Counter[str], Counter[str]]:
    branches = [_count(text[start:end]) for start, end in message.branches]
    around = _count(text[: message.start]), _count(text[message.end :])
    name = Counter([f"{{{message.argument},{'plural' if message.is_plural else 'select'}}}"])
    strict, asked = (
        functools.reduce(operator.or_, [branch[place] for branch in branches], Counter[str]())
        + around[0][place] + around[1][place] + name
        for place in (0, 1)
    )  # fmt: skip
    return strict, asked


def differ(source: str, target: str) -> str:
    """What is wrong with the placeholders and tags of a translation, in words; "" when nothing is.

    Accelerators (``&File``) may stand on either side alone.
    """
    if not _may_have(source) and not _may_have(target):
        return ""
    (strict, asked), (found_strict, found) = _count(source), _count(target)
    sides = {"only in the source": asked - found, "only in the target": found_strict - strict}
    faults = [f"{side}: {' '.join(sorted(one.elements()))}" for side, one in sides.items() if one]
    if not faults and "</" in target and (crossed := _unpaired(target)) and not _unpaired(source):
        faults.append(f"tags cross in the target: {' '.join(crossed)}")
    return "; ".join(faults)


def _unpaired(text: str) -> list[str]:
    """Closing tags without an opening one of that name before them, innermost first."""
    found = [one for one in find_placeholders(text) if one.kind == "tag"]
    paired = {place for pair in pairs_of_tags(text, found) for place in pair}
    return [one.key for place, one in enumerate(found) if one.key.startswith("</") and place not in paired]


def pairs_of_tags(text: str, found: list[Placeholder]) -> list[tuple[int, int]]:
    """Places in ``found`` of opening tags with those of their closing ones, in the order in which they open.

    A tag that is never closed, such as ``<br>``, is none's partner; pairs never cross.
    """
    pairs, waiting, open_names = [], [], Counter()
    for place, one in enumerate(found):
        if one.kind != "tag" or not (tag := _TAG.fullmatch(text, one.start, one.end)) or tag[3]:
            continue
        if not tag[1]:
            waiting.append((tag[2], place))
            open_names[tag[2]] += 1
        elif open_names[tag[2]]:
            while waiting:
                name, opening = waiting.pop()
                open_names[name] -= 1
                if name == tag[2]:
                    pairs.append((opening, place))
                    break
    return sorted(pairs)
