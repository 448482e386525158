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

from braid.text.latin_advertisements import TOP, latin_calls
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
_ATTACHED = 24
"""Characters before a call in which words that belong to it are looked for."""
_MOST_PIECES = 8
"""Of such words on one side of a call."""
_LONG = 16
"""Characters of a call from which on a short name before it belongs to it, where no more is in the line."""
_NAME = 12
"""Characters of a site's name in brackets."""

_MARKS = r"\-\^~*_|\\·•¤#&+=‖丨－＾～＊＿｜＃＆＋＝"
_HIDING = re.compile(rf"[{_MARKS}](?<=[{UNSPACED}].)[{_MARKS}]?(?=[{UNSPACED}])")
"""Signs put between characters; one alone may mean something."""
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_CONCEALED = 2
"""So many signs within one phrase are put there to conceal it."""
_WIDE_FORMS = re.compile("[！-～]+")
_OTHER_POINT = re.compile("[。丶](?<=[a-z0-9].)(?=[a-z0-9…])")
_LATIN_POINT = re.compile("[.·点點。丶](?<=[a-z0-9].)")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_LABEL = r"[a-z0-9][a-z0-9-]{{{},30}}[.·点點]"
_HOST = (
    rf"(?:(?:w\s?w\s?w|wap|m)[.·点點](?:{_LABEL.format(0)}){{1,3}}[a-z]{{2,6}}(?![a-z])"
    rf"|(?:{_LABEL.format(1)}){{1,3}}(?:{TOP}))"
)
_SITE = re.compile(
    rf"(?:(?:网址|域名|地址)[:：]?\s?)?(?<![a-z0-9@.-])(?:https?://)?(?P<host>{_HOST})(?![a-z0-9-])"
    r"(?:/[a-z0-9/._?=&%-]{0,60}(?<![.]))?|(?<![a-z0-9])www[.·点點](?:…|\.\.)[.…]{0,6}"
)

_ODD_CASE = re.compile(r"\A(?=[Ww]{3}[.])w{0,2}wW|[.][a-z]{1,3}[A-Z][A-Za-z]{0,2}\Z")
"""wWw and coM, as nobody writes them who wants to be found."""
_NAMED_HOST = rf"(?:https?://)?(?:{_LABEL.format(0)}){{1,3}}[a-z]{{2,6}}(?![a-z])(?:/[a-z0-9/._-]{{0,40}})?"
_ASKED = (
    r"(?:跪|急|再|继续)?求(?:一下)?(?:推荐票|月票|票票|推荐收藏|收藏和推荐|收藏推荐|收藏|推荐|打赏|订阅支持|订阅|点击)"
)
_CHINESE = (
    (3, "unfinished", r"本章(?:节)?(?:还)?未完(?:待续)?|(?:本章|本节)(?:完|已完)?[,，]?(?:请)?点击下一[页章]"),
    (3, "continued", r"[（(【\[]未完待续(?=[^\n]{0,90}(?:推荐票|月票|订阅|起点|手机用户|支持|阅读))[^（）()\n]{0,100}"
     r"(?:[（(][^（）()\n]{0,30}[）)][^（）()\n]{0,80})?[）)】\]]"),
    (1, "to be continued", r"未完待续"),
    (3, "keep", r"请(?:大家|各位|牢记|记得)?(?:收藏|记住|牢记)(?:本站|本书网|本网|我们)(?:的)?(?:最新|备用)?"
     r"(?:域名|网址|地址)?|请牢记收藏|记住(?:(?:本站|我们)的?(?:最新|备用|新)?|最新|备用|新)(?:域名|网址|地址)"),
    (2, "moved", r"(?:域名|网址)已经?(?:更换|更改|变更)"),
    (2, "searched", r"百度(?:搜索|一下)[:：]?\s?[【“「][^】”」\n]{0,8}(?:网|阁|小说|书[吧城库屋])[】”」]"),
    (2, "source", rf"本(?:书|文|章|小说)(?:来自|转自|转载自)[{UNSPACED}]{{1,6}}网"),
    (3, "remember", r"(?:天才)?一秒(?:钟)?(?:就)?记住(?:本站|本书)?(?:域名|网址|地址)?|(?:本站|本书)(?:最新|备用|首发)?"
     r"(?:域名|网址|地址)"),
    (3, "liked", r"(?:如果您?)?(?:喜欢|觉得)(?:这?本书|不错)[,，]?请(?:大家|您|各位)?(?:点击)?(?:收藏|加入书架)[:：]?"
     rf"|请(?:大家|您|各位)收藏[:：]\s?[(（]?{_NAMED_HOST}[)）]?"
     r"|请?点击收藏本书"
     r"|更新速度(?:全网最快[。！]?|最快)|阅读是一种享受[,，]建议您?收藏|关注即送(?:现金|红包)(?:[、,，]?点币)?|小说由网友上传"),
    (2, "addresses", r"(?:最新|备用)(?:域名|网址|地址)"),
    (3, "mobile", r"(?:手机|电脑|移动端|pc)(?:用户|端|版|(?:同步)?阅读)?请(?:到|访问|浏览|登[录陆]|前往|直达)"
     rf"(?:本站|{_NAMED_HOST})(?:阅读|观看|访问)?"),
    (2, "users", r"(?:手机|电脑|移动端|pc)(?:用户|端|版)?请(?:到|访问|浏览|登[录陆]|前往|直达)"),
    (3, "votes", rf"{_ASKED}(?:[,，、~! ！]{{0,2}}{_ASKED})+|(?:跪|急)?求(?:一下)?"
     r"(?:推荐票|月票|收藏和推荐|打赏|订阅支持|推荐收藏|收藏推荐)"),
    (3, "chapters", r"上一章[\s|·←→]{0,5}(?:目录|返回目录|章节目录|章节列表|回目录)?[\s|·←→]{0,5}下一章"),
    (3, "copied", r"(?:本书|本文|本章|本小说)(?:由|首发于|首发自)"
     rf"(?:[^。！!,，\n]{{1,12}}?|[【\[]?{_NAMED_HOST}[】\]]?)(?:首发|更新最快|手打更新|整理上传|整理发布)"),
    (3, "genuine", r"(?:看|阅读|支持)正版(?:(?:小说|章节|内容)请?|请)(?:到|来|就?上|尽在)(?:起点(?:中文网|读书)?"
     rf"|晋江(?:文学城)?|纵横(?:中文网)?|创世(?:中文网)?|17k|qq阅读|本站|{_NAMED_HOST})?|请(?:大家)?支持正版(?:订阅|阅读)"),
    (2, "begun", r"(?:本书|本文|本小说|正版)首发(?:于|自|网站)?[:：]?"
     rf"(?:起点(?:中文网|读书)?|晋江(?:文学城)?|{_NAMED_HOST})?"),
    (3, "report", r"(?:章节|内容|本章)(?:错误|有误|缺失)[,，]?\s?(?:请)?点(?:此|击)?(?:举报|报错)"),
    (3, "reprint", r"未经(?:本站|作者|书面|许可|授权|允许|同意){1,4}[^。！!\n]{0,8}(?:不得|禁止|严禁"
     r"|请勿)(?:以任何形式)?转载"),
    (2, "latest", r"(?:阅读|本书)?最新(?:最快)?(?:的)?章节(?:全文)?|(?:本书)?最快更新|更新最快|最新更新"
     r"|(?:不间断)?更新最新小说"),
    (2, "free", r"(?:全文|在线|全集|全本)?免费(?:在线|全文)?(?:阅读|看书|看小说|看全[文集本]|看后续)"
     r"(?:本书)?|全文阅读|在线阅读"),
    (2, "clean", r"无弹窗(?:广告)?|无广告(?:的)?|无错(?:章节|小说|更新)|去广告"),
    (2, "novels", rf"看(?:小说|书)就?[来上去到]|(?:免费)?小说阅读就[来上去到]"
     rf"|(?:(?<=[【《\[「（(由])[{UNSPACED}]{{1,4}})?"
     r"(?:小说|文学|中文|书吧|书库|看书|读书|书城|阅读)网"),
    (2, "names", r"笔趣阁(?:手机版|最新网址|app)?|顶点小说|追书神器(?:app)?|小说无广告的?"),
    (2, "more", r"(?:想?看|阅读)?更多(?:精彩|好看|最新|全本)?的?(?:小说|章节|电子书|好书)(?:敬)?请?"
     r"(?:尽在|就在|访问|关注|登[录陆]|下载|到|上)|(?:看|阅读)(?:更多|后续)(?:精彩|好看|最新)(?:的)?(?:小说|章节|内容)"),
    (2, "group", r"(?:qq|书友|读者|粉丝)群(?:号)?[:：]?\s?\d{5,12}"),
    (2, "joined", r"欢迎(?:大家|各位|您)?加入(?:本书)?(?:书友|读者|粉丝|qq)群"),
    (2, "account", r"(?:加|关注|搜索)(?:微信|本站)?公众号[:：]?\s?(?:[a-z0-9_-]{4,20}|[【「“][a-z0-9_-]{4,20}[】」”])"),
    (1, "visit", r"(?:请(?:您|大家|各位)?)?(?:加|关注|搜索)(?:微信|本站)?公众号[:：]?\s?[【「“][^】”」\n]{2,12}[】」”]"
     r"|(?:请|欢迎)(?:您|大家|各位)?(?:访问|光临|登[录陆]|关注|收藏|加入|到|上|来)"),
    (3, "by phone", rf"手机(?:同步)?(?:看书|看小说|阅读)(?:网址)?[:：]\s?{_NAMED_HOST}"),
    (1, "e-books", r"电子书(?!下载)(?:网|吧|城)?"),
    (1, "file", r"(?:下载)?txt(?:全集|电子书|小说|免费)?下载|电子书下载|(?:全集|全本)下载"),
    (1, "typed", r"(?:会员|书友)?手打(?:更新|上传|整理)?|首发(?:网站|更新)?|文字版首发|全文字(?:更新|版)?"
     r"|转载请注明"),
    (1, "follow", r"(?:微信|微博)?公众号|扫(?:一扫|描|码)[^。！!\n]{0,6}二维码|加(?:微信|qq|群)(?:号"
     r"|群)?[:：]?\s?[a-z0-9_-]{5,20}"),
)  # fmt: skip
_BETWEEN = r"[\s,，、:：;；~|·—。！!]{0,3}"
_BEFORE = re.compile(
    r"(?:请(?:记住|牢记|收藏)|热门推荐[:：]|支持作者|本书由|本文由|本章由|本小说由|百度(?:搜索|一下)?|搜索|精彩小说|更多|欢迎您?|"
    rf"{_ASKED}|手机(?:用户|阅读|看书|看小说)|>{{2,4}}|扫码|新书上传|ps[:：])[\s,，、:：~!！]{{0,2}}\Z"
)
"""What belongs to a call that follows it."""
_AFTER = re.compile(
    rf"{_BETWEEN}(?:<{{2,4}}|继续阅读|免费阅读|在线阅读|阅读|观看|首发|更新(?:最快)?|更?优质的阅读体验[。！]?"
    r"|为您提供精彩小说(?:免费)?阅读[。！]?|(?:方便|以便)(?:您)?(?:下次|以后)(?:继续)?阅读|请?点击下一[页章]|后面(?:的)?(?:内容)?更?精彩"
    r"|精彩(?:小说|内容)|您的支持[,，]?就?是(?:我|我们|作者)最大的动力|(?:投|送上)(?:推荐票|月票)|支持(?:作者|本书|正版)"
    rf"|(?:谢谢|感谢)(?:大家的?)?支持|{_ASKED}|手机版|全文|订阅(?:正版)?|是一种享受[,，]建议您?收藏|您?(?:免费)?读！"
    r"|本书(?=更新速度))"
)
"""What belongs to a call that stands before it."""
_FILLING = (
    r"[的更请您来到看在就是与和为]|提供|最[新快火热全好]|精彩|优质|好看|热门|经典|海量|广大|大家|各位|朋友|手机|电脑|用户"
    r"|本[书站文]|作品|内容|网址|域名|地址|体验|速度|全网|全部|更多|尽在|欢迎|光临|访问|登[录陆]|继续|点击|记住|牢记|下一[页章]"
    r"|随时|永久|无|起点|我们"
)
_TELLING = (
    r"阅读|小说|章节|全[文集本]|书[友吧城库]|连载|收藏|下载|电子书|弹窗|广告|更新|免费|txt|首发|正版|订阅|推荐票|月票|中文网"
    r"|文学网|看书|追书|app|公众号|原创|防盗|即可进入本站"
)
_WORDS = rf"(?:(?:{_FILLING}|{_TELLING})[,，、]?){{1,20}}(?:{_TELLING})"
_GOING_ON = re.compile(rf"[\s,，、:：;；~|·—]{{0,3}}{_WORDS}|[。！!]\s?{_WORDS}(?=[。！!~…\n]|\Z)")
"""Words that nobody puts together but such calls; the last one tells, since a sentence may begin with the others."""
_REST_OF_LINE = re.compile(rf"(?:{_FILLING}|{_TELLING}|ps|qq|[^\w“”‘’「」『』]){{0,60}}")
"""What may stay of a line that is a call."""
_NAME_BEFORE = re.compile(r"(?!第)[^\W_]{1,8}")
"""Before a long call that fills the rest of a line: a book's or a site's name."""

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


_CHINESE_PHRASES = _compiled(_CHINESE)

_HINTS = (
    "章节|本章|一章|小说|本站|本书[由首最网来]|网址|域名|一秒|推荐票|月票|收藏|打赏|弹窗|广告|转载|正版|二维码"
    "|首发|公众号|阅读|看书[网就]|笔趣阁|未完|更新|友群|者群|丝群|Q群|q群|www|com|ｗｗ|ｃｏｍ|WWW|电子书|追书"
)
_CHINESE_HINT = re.compile(f"{_HINTS}|Www|wWw|wwW|WWw|WwW|wWW")
_PLAIN_HINT = re.compile(rf"{_HINTS}|\.(?<=[a-z0-9]\.)[a-z]{{2}}")
_WIDE_LETTER = re.compile("[ａ-ｚＡ-Ｚ]")
_SENTENCE_ENDS = "。.！!？?…\n"
_QUOTE_ENDS = '”」』’"'
_SHOUTED = (
    "阅读", "推荐票", "月票", "收藏", "打赏", "订阅", "广告", "支持", "动力", "原创", "最快", "章节", "点击", "点币",
)  # fmt: skip
"""Calls that end in these mostly do so with a sign of exclamation."""
_ONLY_SIGNS = re.compile(r"[\s。！？!?,，~…】）)\]]{0,4}")
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
    spans = [*_whole_lines(text), *_calls(text), *latin_calls(text)]
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
    if text.isascii() or not (_CHINESE_HINT.search(text) or _may_conceal(text)) or not _UNSPACED.search(text):
        return []
    plain, offsets = _plain(text)
    evidence: list[_Evidence] = []
    for begin, end in _windows(plain):
        evidence += _sites(plain, text, offsets, begin, end)
        for weight, name, phrase in _CHINESE_PHRASES:
            for match in phrase.finditer(plain, begin, end):
                is_concealed = offsets[match.end() - 1] - offsets[match.start()] - len(match[0]) + 1 >= _CONCEALED
                evidence.append(_Evidence(*match.span(), _ENOUGH if is_concealed else weight, name))
    spans = []
    for begin, end in _clusters(plain, evidence):
        first, last = _widened(plain, begin, end)
        spans.append((offsets[first], offsets[last - 1] + 1))
    return spans


def _may_conceal(text: str) -> bool:
    return bool(_HIDING.search(text) or _WIDE_LETTER.search(text)) or _has_invisible(text)


def _has_invisible(text: str) -> bool:
    for char in _INVISIBLE:  # noqa: SIM110 (three times as fast as any())
        if char in text:
            return True
    return False


def _windows(plain: str) -> list[tuple[int, int]]:
    """Parts of a text around what may belong to a call."""
    parts: list[tuple[int, int]] = []
    for match in _PLAIN_HINT.finditer(plain):
        begin, end = max(0, match.start() - _AROUND), match.end() + _AROUND
        if parts and begin <= parts[-1][1]:
            parts[-1] = parts[-1][0], end
        else:
            parts.append((begin, end))
    return parts


def _plain(text: str) -> tuple[str, Sequence[int]]:
    """The text in small half-width letters without the signs that hide words, and where its characters come from."""
    hidden = [match.span() for match in _HIDING.finditer(text)]
    if _has_invisible(text):
        hidden = sorted(hidden + [(place, place + 1) for place, char in enumerate(text) if char in _INVISIBLE])
    if len(hidden) < _CONCEALED:
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
    for match in _SITE.finditer(_OTHER_POINT.sub(".", plain[first:last])):
        begin, end = first + match.start(), first + match.end()
        host = (
            text[offsets[first + match.start("host")] : offsets[first + match.end("host") - 1] + 1]
            if match["host"]
            else ""
        )
        is_hidden = not host.isascii() or bool(_ODD_CASE.search(host))
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
    if any(sign in between for sign in "。！？!?"):
        return bool(_ONLY_SIGNS.fullmatch(between))
    return "\n" not in between and len(between) <= _REACH


def _widened(plain: str, begin: int, end: int) -> tuple[int, int]:
    """The piece with the words that belong to it, its brackets and its last sign; nothing else of the sentence."""
    for _ in range(_MOST_PIECES):
        if not (before := _BEFORE.search(plain, max(0, begin - _ATTACHED), begin)):
            break
        begin = before.start()
    for _ in range(_MOST_PIECES):
        begin, end = _with_brackets(plain, begin, end)
        if not (after := _AFTER.match(plain, end) or _GOING_ON.match(plain, end)):
            break
        end = after.end()
    begin, end = _with_brackets(plain, begin, _with_last_sign(plain, begin, end))
    return _whole_line(plain, begin, end) or (begin, end)


def _whole_line(plain: str, begin: int, end: int) -> tuple[int, int] | None:
    """The line of a call, without its indent, where all the rest of it are words and signs of calls."""
    first = plain.rfind("\n", max(0, begin - _AROUND - 1), begin) + 1
    last = plain.find("\n", end, end + _AROUND + 1)
    last = len(plain) if last < 0 else last
    if max(begin - first, last - end) > _AROUND:
        return None
    is_long = plain[begin] not in _BRACKETS and end - begin >= _LONG
    if not (
        _REST_OF_LINE.fullmatch(plain, end, last)
        and (_REST_OF_LINE.fullmatch(plain, first, begin) or (is_long and _NAME_BEFORE.fullmatch(plain, first, begin)))
    ):
        return None
    first += len(plain[first:begin]) - len(plain[first:begin].lstrip())
    return first, end + len(plain[end:last].rstrip())


def _with_brackets(plain: str, begin: int, end: int) -> tuple[int, int]:
    """The piece with a bracket that it opens or closes, and a site's name in one."""
    closing = plain[end : end + 1]
    if closing and closing in _BRACKETS.values():
        opening = next(sign for sign, other in _BRACKETS.items() if other == closing)
        name = plain.rfind(opening, max(0, begin - _NAME), begin)
        if plain.count(opening, begin, end) > plain.count(closing, begin, end):
            return begin, end + 1
        is_near = name == begin - 1 or opening in "【[〖（("
        if name >= 0 and is_near and not any(sign in plain[name:begin] for sign in "。！!？?，,\n”」"):
            return name, end + 1
    return begin, end


def _with_last_sign(plain: str, begin: int, end: int) -> int:
    """Where the piece ends with the sign behind it, which is the sentence's unless the piece is one."""
    before = plain[begin - 1] if begin else "\n"
    if before in _QUOTE_ENDS:
        before = plain[begin - 2] if begin > 1 else before
    signs = "。！!~…" if before in _SENTENCE_ENDS else "！!" if plain.endswith(_SHOUTED, begin, end) else ""
    if end < len(plain) and plain[end] in signs and plain[end + 1 : end + 2] not in tuple(_QUOTE_ENDS):
        return end + 1
    return end
