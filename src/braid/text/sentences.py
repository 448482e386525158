"""Where sentences end, in languages with spaces and without.

Full stops are judged by what stands before and behind them (`braid.text.abbreviations` knows the words); the marks of
other scripts are ends as they stand. Thai and Lao have no marks: a space ends a sentence there once enough was said.
"""

from __future__ import annotations

import re

from braid.text.abbreviations import Abbreviations, abbreviations
from braid.text.languages import canonical
from braid.text.scripts import HAN, KANA

_CJK = HAN + KANA
_CLOSING = "\"'”’“‘»«›‹)\\]}」』）】》〉"
_MARKS = (
    "\u06d4\u061f\u0964\u0965\u0700-\u0702\u07f9\u104b\u1362\u1367\u1368\u166e\u17d4\u17d5\u1803\u1809\u1944\u1945"
    "\u1aa8-\u1aab\u1b5a\u1b5b\u1b5e\u1b5f\u1c3b\u1c3c\u1c7e\u1c7f\ua4ff\ua60e\ua60f\ua6f3\ua6f7\ua876\ua877\ua8ce\ua8cf"
    "\ua92f\ua9c8\ua9c9\uaa5d-\uaa5f\uaaf0\uaaf1\uabeb。！？｡"
)
"""Marks that end sentences as they stand: those of scripts in use that Unicode names so (Sentence_Terminal)."""
_ETHIOPIC = "\u1200-\u135a"
_WIDE_CLOSING = "”’」』）)】》〉»\\]"
_THAI = "\u0e01-\u0e2e\u0e30-\u0e45\u0e47-\u0e4e\u0e81-\u0ece"  # neither ฯ nor ๆ, which ask for a space themselves

# The look-behind keeps a run of marks from being tried again at each of its characters. After . ! ? a space must
# follow, so that "3.5" and "e.g.x" stay whole, unless they stand between Chinese or Japanese characters.
_END = re.compile(
    f"(?<![.!?…‼⁇⁈⁉])[.!?…‼⁇⁈⁉]++(?:[{_CLOSING}]|[\u00a0\u202f][»›])*+(?=\\s)"
    f"|(?<=[{_CJK}])(?:[!?]++[{_WIDE_CLOSING}]*+(?=[{_CJK}A-Z0-9《“‘「『（])|\\.++(?=[{_CJK}]))"
    f"|(?:[{_MARKS}։]|(?<![0-9０-９A-Za-zＡ-Ｚａ-ｚ])．(?![0-9０-９]))++[{_WIDE_CLOSING}]*+"
    f"|(?<!፡)፡፡++|(?<=[{_ETHIOPIC}])::(?=\\s)"  # the full stop as two marks between words, or as colons
    "|(?:(?<![།༎༔])[།༎༔]++|(?<=[ཀག]))(?:[ \u00a0]++[།༎]++)++"  # behind ཀ and ག no mark stands before the space
    "|(?<![།༎༔])[།༎༔]++(?=\\s)"
    "|(?<=[\u0370-\u03ff\u1f00-\u1fff])[;\u037e](?=\\s)"
    f"|(?<=[{_THAI}]) ++(?=[{_THAI}])"
    "|\\n++"
)
_NEXT = re.compile(r"(\s*)([\"'“‘„«»‚¿¡(\[—–-]{0,4})(\w{0,20})")
_LIST_NUMBER = re.compile(r"\s*[(\[]?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5}|\d{1,2}(?:\.\d{1,2}){1,4})")
_DOTTED = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_LETTER = re.compile(r"(?:^|\W)[^\W\d_]$")
_PAUSE = re.compile(r"[,;:](?=\s)|[，；：、]|\s")
_JAPANESE = re.compile(f"[{KANA}]")

_WINDOW = 300
"""How far quotation marks are looked for: what is open for longer was never closed."""
_SHORT = 5
"""Letters of a word that may be an abbreviation when a small letter follows."""
_LONGEST = 40
"""Characters in which an abbreviation and the word before it are looked for."""
_BEGINNINGS = re.compile(
    "aber|alle|als|also|am|an|auch|auf|aus|bei|beide|bis|da|dabei|dadurch|dafür|daher|damit|danach|dann|daran|"
    "darauf|darin|darum|das|dass|dazu|dem|den|denn|der|deshalb|die|dies|diese|dieser|dieses|doch|dort|du|durch|"
    "ein|eine|einer|einige|er|erst|es|für|gegen|hier|ich|ihr|ihre|im|in|ist|jede|jeder|jedes|jedoch|jetzt|kein|"
    "keine|man|mein|mit|nach|nicht|noch|nun|nur|ob|oder|ohne|schließlich|sein|seine|seit|seitdem|sie|so|sondern|"
    "später|trotzdem|um|und|unser|unter|viele|vom|von|vor|während|warum|was|weil|wenn|wer|wie|wir|wo|zu|zuerst|"
    "zuletzt|zum|zur|zwei|zwischen"
)
"""German words that no ordinal stands before: with a capital behind a number and a full stop they begin a sentence."""
_GOES_ON = "とっなのはがをにもでへやかだ"
"""What follows 」 when the sentence goes on: particles."""
_THAI_CHARS = 60
"""Said before a space in Thai or Lao, these many characters are a sentence."""
_THAI_ENDINGS = ("ครับ", "ค่ะ", "คะ", "จ้ะ", "จ้า", "นะ")


def split_sentences(text: str, language: str = "") -> list[str]:
    """The sentences of a text; joined, they are the text again.

    White space between two sentences stays at the end of the first; a line's end is always the end of one.

    Args:
        text: Of any length.
        language: Decides which abbreviations are known; the commonest of several languages where it is empty.

    Cost: O(characters).

    Example:
        >>> split_sentences("Am 3. Mai kam Dr. Li. Er blieb.")
        ['Am 3. Mai kam Dr. Li. ', 'Er blieb.']
    """
    known = abbreviations(canonical(language))
    is_cased = text != text.lower()
    pieces, begin = [], 0
    for match in _END.finditer(text):
        if match.end() <= begin:  # inside white space that was passed over
            continue
        end = _behind_quote(text, begin, match.end())
        if not _is_end(text, begin, match, end, known, is_cased):
            continue
        while end < len(text) and text[end].isspace():
            end += 1
        if end > begin:
            pieces.append(text[begin:end])
        begin = max(begin, end)
    return [*pieces, text[begin:]] if begin < len(text) else pieces


def split_near(text: str, position: int) -> tuple[str, str]:
    """The text in two parts, cut behind the pause or space nearest before ``position``, or right there."""
    cuts = [match.end() for match in _PAUSE.finditer(text, 0, position) if match.end() > position // 2]
    cut = cuts[-1] if cuts else position
    return text[:cut], text[cut:]


def _is_end(text: str, begin: int, match: re.Match[str], end: int, known: Abbreviations, is_cased: bool) -> bool:
    """True when a mark ends the sentence that began at ``begin``; ``end`` is behind the quotation marks it closes."""
    start, mark = match.start(), match[0].lstrip(" \u00a0")[:1] or " "
    if mark == " ":
        said = text[max(begin, start - _THAI_CHARS) : start]
        return len(said) == _THAI_CHARS or said.endswith(_THAI_ENDINGS)
    if mark in "。！？｡":
        return not _is_quoted_japanese(text, begin, match)
    if mark not in ".!?…":
        return True
    behind = _NEXT.match(text, end)
    space, opening, word = behind.groups() if behind else ("", "", "")
    if not word or "\n" in space:
        return True
    is_small = is_cased and word[0].islower() and word == word.lower()  # iPhone may begin a sentence
    if is_small and (mark == "…" or match[0].startswith("...") or text[end - 1] not in ".!?…"):
        return False
    if mark != "." or match[0].strip(_CLOSING) != ".":
        return True
    before = text[max(begin, start - _LONGEST) : start]
    if len(word) == 1 and text.startswith(".", end + len(space + opening) + 1) and _LETTER.search(before):
        return False  # z. B.
    if start - begin < _LONGEST and _LIST_NUMBER.fullmatch(before):
        return False
    return _is_full_stop(before, word, bool(opening), is_small, known)


def _is_full_stop(before: str, word: str, is_opened: bool, is_small: bool, known: Abbreviations) -> bool:
    """True when a full stop is no part of an abbreviation, an initial or an ordinal.

    Args:
        before: What stands before it in the sentence.
        word: The word behind it.
        is_opened: Whether a quotation mark or a bracket opens before that word.
        is_small: Whether the word has a small letter that means something.
        known: The language's abbreviations.
    """
    *others, token = ["", *before.split()][-2:]
    token = token.lstrip("\"'“‘„«»‚¿¡([")
    last, plain, is_number = others[0] if others else "", token.lower(), word[0].isdigit()
    if len(plain) == 1 and len(last) == 2 and last[1] == ".":  # u. a.
        plain = last.lower() + plain
    if plain in known.leading or (plain in known.numbered and is_number):
        return False
    if plain in known.trailing:
        return not (is_small or is_opened or is_number)
    if plain in known.counted:
        return last.isdigit() and not is_small
    if token.isdigit():
        return not _is_ordinal(token, last.lower(), word, is_small, known)
    if _DOTTED.fullmatch(token):
        return token.isupper() and word[0].isupper() and word.lower() in known.starters
    if len(token) == 1 and token.isupper():
        return token == "I" and last.islower()
    return not (is_small and token.isalpha() and len(token) <= _SHORT)


def _is_ordinal(token: str, before: str, word: str, is_small: bool, known: Abbreviations) -> bool:
    if not known.has_ordinals or len(token) > 2:
        return False
    if before in known.before_ordinals and (is_small or not _BEGINNINGS.fullmatch(word.lower())):
        return True
    return is_small or word.lower() in known.behind_ordinals


def _is_quoted_japanese(text: str, begin: int, match: re.Match[str]) -> bool:
    """True for a mark inside 「…」, or at its end with the sentence going on, in a Japanese text."""
    behind = text[match.end() : match.end() + 1]
    if match[0][-1] in "」』" and behind and behind in _GOES_ON:
        return True
    before = text[max(begin, match.start() - _WINDOW) : match.start()]
    opened = max(before.rfind("「"), before.rfind("『"))
    if opened < 0 or opened < max(before.rfind("」"), before.rfind("』")) or match[0][-1] in "」』":
        return False
    close = "」" if before[opened] == "「" else "』"
    return text.find(close, match.end(), match.end() + _WINDOW) >= 0 and bool(_JAPANESE.search(before))


def _behind_quote(text: str, begin: int, end: int) -> int:
    """Where the sentence ends when a quotation mark behind its end closes one: straight, or » behind a space."""
    if text[end - 1] in ".!?…" and text.startswith(" »", end):
        before = text[max(begin, end - _WINDOW) : end]
        return end + 2 if before.rfind("«") > before.rfind("»") else end
    if text.startswith('"', end) and text[end - 1] in "。！？":
        return end + text.count('"', max(begin, end - _WINDOW), end) % 2
    return end
