"""Calls of English, German and French sites in running text: newsletters, cookies, chapters to read elsewhere."""

from __future__ import annotations

import re

TOP = "com|net|org|cc|cn|la|info|xyz|top|me|tv|co|vip|club|site|biz|tw|hk"
"""Domains at the top that such sites have."""
_SMALL_WORDS = (
    r"(?:the|a|an|our|your|my|and|or|of|to|for|on|in|at|by|with|from|you|that|we|all|is|are|as|it|more|this|can|so|use"
    r"|get|give|show|new|weekly|daily|monthly|latest|best|free|improve|personali[sz]e|analy[sz]e|enhance|ensure"
    r"|provide|deliver|damit|sie|um|ihnen|und|die|das|den|zu|der|auf|pour|vous|et|de|des|la|le|les|votre|nos|notre|une)"
)
_TOPICS = (
    r"(?:updates?|latest news|stories|articles?|content|offers?|deals?|experience|website|cookies|ads|advertising"
    r"|traffic|browsing|privacy policy|cookie policy|social media|chapters|novels|e-?books?|releases|twitter|facebook"
    r"|instagram|youtube|tiktok|linkedin|inbox|discounts?|newsletter|\d{1,2} ?%(?: off)?|besser|funktioniert"
    r"|verbessern|erlebnis|inhalte|anzeigen|nutzererlebnis|bieten|améliorer|expérience|navigation|contenus?|offrir"
    r"|meilleure)"
)
_REST = (
    rf"(?:,? (?:{_SMALL_WORDS} ){{0,5}}{_TOPICS}(?!\w)){{0,12}}(?: (?:now|here|today|only|first)(?=\s?(?:[.!?\n]|\Z)))?"
)
"""What calls go on with: words of theirs, the last of which hardly any other sentence begins with."""
_SITE = (
    rf"(?:(?:https?://)?(?:[a-z0-9][a-z0-9-]{{0,30}}\.){{1,3}}(?:{TOP})(?!\w)(?:/[a-z0-9/_-]{{0,40}})?"
    rf"|[a-z0-9-]{{3,30}} ?[\[(]?dot[\])]? ?(?:{TOP})(?!\w)|[a-z0-9]{{0,12}}?(?:novel|book|fiction)[a-z0-9]{{1,12}})"
)
_CALLS = (
    ("newsletter", r"(?:subscribe|sign up)(?: now| today| here)? (?:to|for) (?:our|the|my)(?: [\w-]{1,15}){0,2} "
     r"(?:newsletter|mailing list|youtube channel|channel)"),
    ("cookies", r"(?:this|our) (?:web)?site uses cookies|we use cookies(?= (?:to|on|and))"),
    ("consent", r"by (?:continuing to (?:use|browse)|using|browsing) (?:this|our) (?:web)?site,? you "
     r"(?:agree|accept|consent)"),
    ("social", r"(?:follow|like|find) us on (?:facebook|twitter|instagram|youtube|tiktok|linkedin|x\b|weibo)"),
    ("chapter", r"(?:read|visit|find|check out)(?: (?:the|all|our|your|for|free|here)){0,3} (?:latest|newest|more)"
     rf" (?:free )?chapters? (?:only )?(?:at|on) {_SITE}(?: only| first)?|"
     r"(?:this chapter (?:is|was)|chapters? (?:are|is)) (?:updated|uploaded|first released|published) (?:by|at"
     rf"|on) {_SITE}"),
    ("wanted", rf"if you want to read more chapters,? (?:please )?visit {_SITE}"),
    ("visit", rf"visit (?:us at )?{_SITE} (?:for|to read|to get|to download) (?:(?:more|the|free|latest|"
     r"newest|all|your|new|daily|other) ){0,4}"
     r"(?:e-?books?|audiobooks?|novels?|chapters?|stories|books|updates|releases)"),
    ("our site", r"visit our (?:web)?site (?:for|to read) (?:(?:more|the|free|latest) ){1,3}"
     r"(?:e-?books?|novels?|chapters?)"
     r"|bookmark this (?:web)?site(?= ?[.!])"),
    ("authorized", r"find authorized novels (?:on|in|at) webnovel(?:, ?faster updates)?(?:, ?better experience)?"),
    ("taken", rf"the source of this (?:content|chapter) is {_SITE}|updated? (?:from|by|at) {_SITE}"),
    ("errors", r"if you find any errors ?\([^()\n]{0,80}\),? please let us know(?: ?<? ?report chapter ?>?)?"
     r"(?: so (?:that )?we can fix it(?: as soon as possible)?)?"),
    ("click", r"click here (?:to|and) (?:subscribe|unsubscribe|sign up|join|buy|order|shop|win|claim|get your|"
     r"start your|read the (?:full|rest)|read more)"),
    ("offer", r"limited[- ]time offer|(?:use|with) (?:promo|coupon|discount) code:?(?: [a-z0-9]{3,16})?"),
    ("german", r"abonnieren sie unseren (?:[\w-]{1,20} )?newsletter|diese (?:web)?(?:seite|site) (?:verwendet"
     r"|benutzt|nutzt) cookies|wir verwenden cookies(?=,? um)"),
    ("french", r"(?:abonnez|inscrivez)-vous à (?:notre|la) newsletter|ce site (?:web )?utilise des cookies"
     r"|nous utilisons des cookies"),
)  # fmt: skip
_INVITING = re.compile(r"(?:please|bitte|don['’]t forget to|remember to|be sure to|make sure to) \Z")
"""What may stand before a call."""
_PHRASES = [re.compile(rf"(?:{pattern})(?!\w){_REST}") for _, pattern in _CALLS]
_HINTS = (
    "newsletter", "mailing list", "channel", "cookies", "website", " site", "find us on", "follow us on", "like us on",
    "chapter", "please let us know", "click here", "time offer", " code", "visit ", "novel", "source of this",
)  # fmt: skip
"""What each phrase has; most texts have none and need no further look."""
_BEFORE = 24
"""Characters before a call in which words that invite to it are looked for."""
_SIGNS = re.compile(r" ?[.!?…]{1,3}")


def latin_calls(text: str) -> list[tuple[int, int]]:
    """Calls for a newsletter, cookies and the like, where they begin a sentence or have a capital as if they did."""
    plain = text.replace("İ", "i").lower()
    if not _has_hint(plain):
        return []
    spans = []
    for phrase in _PHRASES:
        for match in phrase.finditer(plain):
            begin, end = match.span()
            if plain[begin - 1 : begin].isalnum():
                continue
            while before := _INVITING.search(plain, max(0, begin - _BEFORE), begin):
                begin = before.start()
            rest = plain[max(0, begin - 2) : begin].rstrip(" \t")[-1:]
            is_sentence = not begin or rest in tuple('.!?\n:…"”)')
            if is_sentence or text[begin].isupper():
                spans.append((begin, _with_sign(text, end, is_sentence)))
    return spans


def _has_hint(plain: str) -> bool:
    for hint in _HINTS:  # noqa: SIM110 (three times as fast as any())
        if hint in plain:
            return True
    return False


def _with_sign(text: str, end: int, is_sentence: bool) -> int:
    """Where a call ends with the signs behind it; in a sentence those that end nothing else."""
    signs = _SIGNS.match(text, end)
    if signs is None:
        return end
    return (
        signs.end() if is_sentence or "!" in signs[0] or text[signs.end() : signs.end() + 2].strip().islower() else end
    )
