"""Advertisements that sites put into other people's texts: calls to read elsewhere, newsletters, cookie notices.

Web novels come with calls of the site they were taken from in the middle of a paragraph, often with signs between the
characters (最^新^章^节) or a domain in full-width letters, so that no filter sees them. A phrase that only such calls
have is enough. Others, and plain addresses, count only together, close to each other: a text may well name a site, or
speak of its latest chapter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from braid.text.scripts import UNSPACED
from braid.text.variants import FULL_WIDTH


class _Evidence(NamedTuple):
    begin: int
    end: int
    weight: int
    name: str


_ENOUGH = 3
_REACH = 12
"""Characters between two pieces of evidence that still belong together."""
_AROUND = 80
"""Characters around a hint that are looked at."""
_LEFTOVER = 4
"""So few characters between the beginning of a sentence and an advertisement belong to it."""
_TAIL = 2
"""The same for its end."""

_MARKS = r"\-\^~*_|\\·•¤#&+=‖丨"
_HIDING = re.compile(rf"[{_MARKS}](?<=[{UNSPACED}].)[{_MARKS}]?(?=[{UNSPACED}])")
"""Signs put between characters; one alone may mean something."""
_WIDE_FORMS = re.compile("[！-～]+")
_POINTS = str.maketrans("。丶", "..")
_TOP = "com|net|org|cc|cn|la|info|xyz|top|me|tv|co|vip|club|site|biz|tw|hk"
_LATIN_POINT = re.compile("[.·点點。丶](?<=[a-z0-9].)")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_SITE = re.compile(
    rf"(?<![a-z0-9@.-])(?:https?://)?(?P<host>(?:(?:www|wap|m)[.·点點])?(?:[a-z0-9][a-z0-9-]{{1,30}}[.·点點]){{1,3}}"
    rf"(?:{_TOP}))(?![a-z0-9-])(?:/[a-z0-9/._?=&%-]{{0,60}}(?<![.]))?|(?<![a-z0-9])www[.·点點](?:…|\.\.)[.…]{{0,6}}"
)

_CHINESE = (
    (3, "unfinished", r"本章(?:节)?(?:还)?未完[^。！!\n]{0,20}|(?:本章|本节)(?:完"
     r"|已完)?[,，]?(?:请)?点击下一[页章][^。！!\n]{0,10}"),
    (3, "keep", r"请(?:大家|各位|牢记|记得)?(?:收藏|记住|牢记)(?:本站|本书网|本网|我们)[^。！!\n]{0,16}"),
    (3, "remember", r"(?:天才)?一秒(?:钟)?(?:就)?记住[^。！!\n]{0,12}|(?:本站|本书|最新|备用)(?:域名|网址"
     r"|地址)[:：是为]?"),
    (3, "mobile", r"(?:手机|电脑|移动端|pc)(?:用户|端|版)?请(?:到|访问|浏览|登[录陆]|前往"
     r"|直达)[^。！!\n]{0,24}(?:阅读|观看|访问)"),
    (3, "votes", r"(?:跪|急)?求(?:一下)?(?:推荐票|月票|收藏和推荐|打赏|订阅支持|推荐收藏|收藏推荐)[^。！!\n]{0,10}"),
    (3, "chapters", r"上一章[\s|·←→]{0,5}(?:目录|返回目录|章节目录|章节列表|回目录)?[\s|·←→]{0,5}下一章"),
    (3, "copied", r"(?:本书|本文|本章|本小说)(?:由|首发于|首发自)[^。！!\n]{1,12}(?:首发|更新最快|手打更新"
     r"|整理上传)"),
    (3, "genuine", r"(?:看|阅读|支持)正版(?:(?:小说|章节|内容)请?|请)(?:到|来|就?上|尽在)[^。！!\n]{1,12}"),
    (3, "report", r"(?:章节|内容|本章)(?:错误|有误|缺失)[,，]?\s?(?:请)?点(?:此|击)?(?:举报|报错)"),
    (3, "reprint", r"未经(?:本站|作者|书面|许可|授权|允许|同意){1,4}[^。！!\n]{0,8}(?:不得|禁止|严禁"
     r"|请勿)(?:以任何形式)?转载"),
    (2, "latest", r"最新(?:最快)?(?:的)?章节(?:全文)?|最快更新|更新最快|最新更新"),
    (2, "free", r"(?:全文|在线|全集|全本)?免费(?:在线|全文)?(?:阅读|看书|看小说)|全文阅读|在线阅读"),
    (2, "clean", r"无弹窗(?:广告)?|无广告(?:的)?|无错(?:章节|小说|更新)|去广告"),
    (2, "novels", rf"看(?:小说|书)就?[来上去到]|(?:小说)?[{UNSPACED}]{{0,4}}(?:小说|文学|中文|书吧|书库|看书"
     rf"|读书|书城|阅读)网|笔趣阁|顶点小说|小说无广告的?"),
    (2, "more", r"更多(?:精彩|好看|最新|全本)?的?(?:小说|章节|电子书|好书)(?:敬)?请?(?:尽在|就在|访问|关注"
     r"|登[录陆]|到|上)"),
    (1, "visit", r"(?:请|欢迎)(?:您|大家|各位)?(?:访问|光临|登[录陆]|关注|收藏|加入|到|上|来)"),
    (1, "file", r"txt(?:全集|电子书|小说|免费)?下载|电子书下载|(?:全集|全本)下载"),
    (1, "typed", r"(?:会员|书友)?手打(?:更新|上传|整理)?|首发(?:网站|更新)?|文字版首发|全文字(?:更新|版)?"
     r"|转载请注明"),
    (1, "follow", r"(?:微信|微博)?公众号|扫(?:一扫|描|码)[^。！!\n]{0,6}二维码|加(?:微信|qq|群)(?:号"
     r"|群)?[:：]?\s?[a-z0-9_-]{5,20}"),
)  # fmt: skip
_LATIN = (
    (3, "newsletter", r"(?:subscribe|sign up)(?: now| today| here)? (?:to|for) (?:our|the|my)(?: [\w-]{1,15}){0,2} "
     r"(?:newsletter|mailing list|youtube channel|channel)[^.!?\n]{0,60}"),
    (3, "cookies", r"(?:this|our) (?:web)?site uses cookies[^.!?\n]{0,120}|we use cookies (?:to|on"
     r"|and)[^.!?\n]{0,120}"),
    (3, "consent", r"by (?:continuing to (?:use|browse)|using|browsing) (?:this|our) (?:web)?site,? you "
     r"(?:agree|accept|consent)[^.!?\n]{0,100}"),
    (3, "social", r"(?:follow|like|find) us on (?:facebook|twitter|instagram|youtube|tiktok|linkedin|x\b"
     r"|weibo)[^.!?\n]{0,50}"),
    (3, "chapter", r"(?:read|visit|find|check)[^.!?\n]{0,30} (?:latest|newest|more) chapters? (?:at|on"
     r"|only)[^!?\n]{0,30}|"
     r"(?:this chapter (?:is|was)|chapters? (?:are|is)) (?:updated|uploaded|first released|published) (?:by|at"
     r"|on)[^!?\n]{0,30}"),
    (3, "errors", r"if you find any errors ?\([^()\n]{0,80}\),? please let us know[^!?\n]{0,60}"),
    (3, "click", r"click here (?:to|and) (?:subscribe|unsubscribe|sign up|join|buy|order|shop|win|claim|get your|"
     r"start your|read the (?:full|rest)|read more)[^.!?\n]{0,60}"),
    (3, "offer", r"(?:limited[- ]time offer|(?:use|with) (?:promo|coupon|discount) code)[^.!?\n]{0,60}"),
    (3, "german", r"abonnieren sie unseren (?:[\w-]{1,20} )?newsletter[^.!?\n]{0,60}|"
     r"diese (?:web)?(?:seite|site) (?:verwendet|benutzt|nutzt) cookies[^.!?\n]{0,100}"
     r"|wir verwenden cookies,? um[^.!?\n]{0,100}"),
    (3, "french", r"(?:abonnez|inscrivez)-vous à (?:notre|la) newsletter[^.!?\n]{0,60}|"
     r"ce site (?:web )?utilise des cookies[^.!?\n]{0,100}|nous utilisons des cookies[^.!?\n]{0,100}"),
)  # fmt: skip
_LINES = re.compile(
    r"(?:advertisements?|sponsored(?: content)?|skip to (?:main )?content|share this(?: article| page| post)?|"
    r"share on (?:facebook|twitter|x)|read more|related (?:articles|posts|stories)|click here[^.!?\n]{0,40}|"
    r"back to top|all rights reserved\.?|accept (?:all )?cookies|loading|previous chapter|next chapter|anzeige"
    r"|werbung|"
    r"publicité|lire la suite|weiterlesen|上一页|下一页|返回(?:顶部|目录|首页)|加入书签|推荐本书|投推荐票"
    r"|广告|章节目录|"
    r"阅读原文|点击(?:这里|此处|查看)[^。！\n]{0,12})(?:[ |·…»>←→.]{0,4})",
    re.IGNORECASE,
)
"""Lines that are nothing else; only in texts of several lines, as an interface may have each as its text."""


def _compiled(table: tuple[tuple[int, str, str], ...]) -> tuple[tuple[int, str, re.Pattern[str]], ...]:
    return tuple((weight, name, re.compile(pattern)) for weight, name, pattern in table)


_CHINESE_PHRASES, _LATIN_PHRASES = _compiled(_CHINESE), _compiled(_LATIN)

_CHINESE_HINT = re.compile(
    "章节|本章|一章|小说|本站|本书[由首最网]|网址|域名|一秒|推荐票|月票|收藏|打赏|弹窗|广告|转载|正版|二维码"
    "|首发|公众号|阅读|看书[网就]|笔趣阁|www|com|ｗｗ|ｃｏｍ|WWW"
)
_LATIN_HINTS = (
    "newsletter", "mailing list", "channel", "cookies", "website", " site", "find us on", "follow us on", "like us on",
    "chapter", "please let us know", "click here", "time offer", " code",
)  # fmt: skip
"""What each phrase has; most texts have none and need no further look."""
_SENTENCE_ENDS = '.。!！?？\n;；…”』」"：'
_BEFORE_LATIN = 24
"""A sentence that calls for something does so at its beginning."""
_BRACKETS = {"(": ")", "（": "）", "[": "]", "【": "】", "《": "》", "「": "」", "『": "』", "〖": "〗", "<": ">"}


def find_advertisements(text: str) -> list[tuple[int, int]]:
    """Begin and end of each advertisement in a text, in order; none overlaps another.

    Args:
        text: Any text; linear time in its length.

    Example:
        >>> text = "他走了。最^新^章^节请到ｗｗｗ．ａｂｃ．ｃｏｍ看她没有说话。"
        >>> [text[begin:end] for begin, end in find_advertisements(text)]
        ['最^新^章^节请到ｗｗｗ．ａｂｃ．ｃｏｍ']
    """
    spans = [*_whole_lines(text), *_calls(text), *_latin_calls(text)]
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged


def remove_advertisements(text: str) -> tuple[str, list[str]]:
    """The text without its advertisements, and these as they stood there.

    A line that was nothing else goes with its line end; where words meet, one space stays between them.
    """
    spans = find_advertisements(text)
    if not spans:
        return text, []
    pieces, begin = [], 0
    for first, last in spans:
        pieces.append(text[begin:first])
        begin = last
    kept = pieces[0]
    for piece in [*pieces[1:], text[begin:]]:
        kept = _joined(kept, piece)
    return kept, [text[first:last] for first, last in spans]


def _joined(left: str, right: str) -> str:
    """Two parts of a text as they should meet."""
    if (not left or left.endswith("\n")) and right.startswith(("\n", "\r\n")):
        return left + right.partition("\n")[2]
    if left[-1:] in ("", " ", "\n") and right.startswith(" "):
        return left + right[1:]
    if left.endswith(" ") and (not right or right[0] in "\n.,;:!?。，；：！？"):
        return left.rstrip(" ") + right
    return left + right


def _whole_lines(text: str) -> list[tuple[int, int]]:
    """Lines of navigation in a text of at least three lines."""
    if text.count("\n") < 2:
        return []
    spans, begin = [], 0
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        if bare and len(bare) <= 60 and _LINES.fullmatch(bare):
            first = begin + line.index(bare)
            spans.append((first, first + len(bare)))
        begin += len(line)
    return spans


def _calls(text: str) -> list[tuple[int, int]]:
    """Calls of Chinese sites."""
    if text.isascii() or not (_CHINESE_HINT.search(text) or _HIDING.search(text)) or not _UNSPACED.search(text):
        return []
    plain, offsets = _plain(text)
    evidence: list[_Evidence] = []
    for begin, end in _windows(plain):
        evidence += _sites(plain, text, offsets, begin, end)
        for weight, name, phrase in _CHINESE_PHRASES:
            evidence += [_Evidence(*match.span(), weight, name) for match in phrase.finditer(plain, begin, end)]
    spans = []
    for begin, end in _clusters(plain, evidence):
        first, last = _widened(plain, begin, end)
        spans.append((offsets[first], offsets[last - 1] + 1))
    return spans


def _windows(plain: str) -> list[tuple[int, int]]:
    """Parts of a text around what may belong to a call."""
    parts: list[tuple[int, int]] = []
    for match in _CHINESE_HINT.finditer(plain):
        begin, end = max(0, match.start() - _AROUND), match.end() + _AROUND
        if parts and begin <= parts[-1][1]:
            parts[-1] = parts[-1][0], end
        else:
            parts.append((begin, end))
    return parts


def _plain(text: str) -> tuple[str, Sequence[int]]:
    """The text in small half-width letters without the signs that hide words, and where its characters come from."""
    hidden = [match.span() for match in _HIDING.finditer(text)]
    if len(hidden) < 2:
        return _folded(text), range(len(text))
    offsets: list[int] = []
    begin = 0
    for first, last in [*hidden, (len(text), len(text))]:
        offsets += range(begin, first)
        begin = last
    return _folded("".join(map(text.__getitem__, offsets))), offsets


def _folded(text: str) -> str:
    return _WIDE_FORMS.sub(lambda match: match[0].translate(FULL_WIDTH), text.replace("İ", "i")).lower()


def _sites(plain: str, text: str, offsets: Sequence[int], first: int, last: int) -> list[_Evidence]:
    """Domains; one in full-width letters or with other signs for its points is evidence enough."""
    found: list[_Evidence] = []
    if not _LATIN_POINT.search(plain, first, last):
        return found
    for match in _SITE.finditer(plain[first:last].translate(_POINTS)):
        begin, end = first + match.start(), first + match.end()
        host = (
            text[offsets[first + match.start("host")] : offsets[first + match.end("host") - 1] + 1]
            if match["host"]
            else ""
        )
        is_hidden = not host.isascii()
        found.append(_Evidence(begin, end, _ENOUGH if is_hidden else 1, "site"))
    return found


def _clusters(plain: str, evidence: list[_Evidence]) -> list[tuple[int, int]]:
    """Begin and end of pieces of evidence that stand close together and weigh enough."""
    spans: list[tuple[int, int]] = []
    weights: dict[str, int] = {}
    begin = end = -1
    for one in [*sorted(evidence, key=lambda one: (one.begin, -one.end)), _Evidence(len(plain), len(plain), 0, "")]:
        if end < 0 or not _is_near(plain[end : one.begin]) or not one.weight:
            if sum(weights.values()) >= _ENOUGH:
                spans.append((begin, end))
            begin, weights = one.begin, {}
        if one.end > end:  # what lies within other evidence says nothing new
            weights[one.name] = one.weight
            end = one.end
    return spans


def _is_near(between: str) -> bool:
    """True when what stands between two pieces of evidence does not part them."""
    is_sentence_end = any(sign in between for sign in "。！？!?")
    return "\n" not in between and len(between) <= (_LEFTOVER if is_sentence_end else _REACH)


def _widened(plain: str, begin: int, end: int) -> tuple[int, int]:
    """The piece with its brackets, its signs, and a rest of a sentence too short to be one."""
    first = begin
    while first > 0 and begin - first <= _LEFTOVER and plain[first - 1] not in _SENTENCE_ENDS:
        first -= 1
    is_sentence = begin - first <= _LEFTOVER
    begin = first if is_sentence else begin
    last = end
    while last < len(plain) and last - end <= _TAIL and plain[last] not in _SENTENCE_ENDS:
        last += 1
    end = last if last - end <= _TAIL else end
    if end < len(plain) and plain[end] in _BRACKETS.values():
        opening = next(sign for sign, closing in _BRACKETS.items() if closing == plain[end])
        if begin and plain[begin - 1] == opening:
            begin, end = begin - 1, end + 1
        elif plain.count(opening, begin, end) > plain.count(plain[end], begin, end):
            end += 1
    if is_sentence and end < len(plain) and plain[end] in "。！!~…":
        end += 1
    return begin, end


def _has_hint(plain: str) -> bool:
    for hint in _LATIN_HINTS:  # noqa: SIM110 (three times as fast as any())
        if hint in plain:
            return True
    return False


def _latin_calls(text: str) -> list[tuple[int, int]]:
    """Sentences that call for a newsletter, cookies and the like; they begin with it."""
    plain = text.replace("İ", "i").lower()
    if not _has_hint(plain):
        return []
    spans = []
    for _, _, phrase in _LATIN_PHRASES:
        for match in phrase.finditer(plain):
            before = plain[max(0, match.start() - _BEFORE_LATIN - 1) : match.start()]
            place = max(before.rfind(sign) for sign in ".!?\n:")
            if place < 0 and match.start() > _BEFORE_LATIN:
                continue
            begin, end = match.start() - len(before) + place + 1, match.end()
            begin += len(plain[begin : match.start()]) - len(plain[begin : match.start()].lstrip())
            while end < len(plain) and plain[end] in ".!?…":
                end += 1
            spans.append((begin, end))
    return spans
