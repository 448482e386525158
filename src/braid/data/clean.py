"""Cleaning of single rows: each rule on its own, each rejected row kept as it was read, with the rule's name.

Some rules reject a row, some change its texts, some only take note; all are counted with samples, and each has its key
in the recipe.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from braid.config.recipe import DataConfig
from braid.data.example import Example, Reject
from braid.data.formats.texts import MESSAGES
from braid.data.kinds import KINDS, SEPARATOR, DataKind
from braid.data.labels import label_text
from braid.text.advertisements import remove_advertisements
from braid.text.agreement import numbers_differ
from braid.text.identify import LanguageCheck
from braid.text.lexicon import Lexicon
from braid.text.normalize import normalize, normalize_lines, without_breaks
from braid.text.personal import EXAMPLES, find_personal, mask_personal
from braid.text.personal import KINDS as PERSONAL
from braid.text.placeholders import differ
from braid.text.repair import repair

RULES = 8
"""Raised whenever other rows would be kept of the same files, so that prepared data are made again."""

SHOWN = 3
"""Findings of a note that are named."""

_Step = tuple[str, str, Counter[str]]
"""A text as a rule leaves it, what the rule saw, and how much of each kind."""
_NOTHING: Counter[str] = Counter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A usable row.

    Args:
        example: With normalized texts.
        notes: Rules that changed it or took note of something, each with what it saw.
        kinds: How much of each kind a rule saw, by the rule's name, where it tells kinds apart.
    """

    example: Example
    notes: tuple[tuple[str, str], ...] = ()
    kinds: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Cleaner:
    """Cleans rows by a recipe's rules.

    Args:
        config: The recipe's data section.
        kind: What the rows are.
        folder: Paths in the recipe are relative to it.

    Raises:
        DataError: The lexicon cannot be read.
    """

    def __init__(self, config: DataConfig, kind: DataKind = KINDS["translate"], folder: Path = Path()) -> None:
        self._config = config
        self._kind = kind
        self._lexicon = Lexicon.load(folder / config.lexicon) if config.lexicon else None
        languages = {"source": config.source_language, "target": config.target_language}
        self._languages = {
            side: LanguageCheck(code, other=languages["target" if side == "source" else "source"])
            for side, code in languages.items()
            if kind.is_translation and config.check_language and code
        }
        steps: dict[str, tuple[bool, Callable[[str], _Step]]] = {
            "repaired": (config.repair_text, _repaired),
            "advertisement": (config.remove_advertisements and kind.has_documents, _without_advertisements),
            "masked": (config.personal_data == "mask", _masked),
        }
        self._steps = [(name, step) for name, (is_on, step) in steps.items() if is_on]
        self._texts = ("source",) if kind.has_labels else ("source", "target")
        is_off = {
            "placeholders": not config.check_placeholders,
            "numbers": not config.check_numbers,
            "identical": config.keep_identical,
        }
        self._rules = [(name, _RULES[name]) for name in kind.rules if not is_off.get(name)]

    def clean(self, rows: Sequence[Example]) -> list[Cleaned | Reject]:
        """Each row as it may be used; or as it was read, with the rule it breaks."""
        found: list[Cleaned | Reject] = [self._clean(row) for row in rows]
        for side, check in self._languages.items():
            places = [place for place, row in enumerate(found) if isinstance(row, Cleaned)]
            texts = [getattr(row.example, side) for row in found if isinstance(row, Cleaned)]
            for place, detail in zip(places, check.mismatch(texts), strict=True):
                if detail:
                    found[place] = Reject(example=rows[place], rule="language_side", detail=f"the {side} {detail}")
        return found

    def _clean(self, row: Example) -> Cleaned | Reject:
        notes: list[tuple[str, str]] = []
        kinds: dict[str, Counter[str]] = {}
        example = normalized(self._changed(row, notes, kinds), self._config, self._kind)
        for name, rule in self._rules:
            if detail := rule(example, self._config, self._kind):
                return Reject(example=row, rule=name, detail=detail)
        for name, detail in self._findings(example, kinds):
            if name == "lexicon" or (name == "personal_data" and self._config.personal_data == "reject"):
                return Reject(example=row, rule=name, detail=detail, kinds=kinds.get(name, {}))
            notes.append((name, detail))
        return Cleaned(example=example, notes=tuple(notes), kinds=kinds)

    def _changed(self, row: Example, notes: list[tuple[str, str]], kinds: dict[str, Counter[str]]) -> Example:
        """The row with mended texts, advertisements out and personal data masked, as far as the recipe wants it."""
        if self._is_kept(row):
            return row
        details: dict[str, list[str]] = {}
        for side in self._texts:
            text = given = getattr(row, side)
            for name, step in self._steps if text else ():
                text, detail, counts = step(text)
                if detail:
                    details.setdefault(name, []).append(f"{side}: {detail}")
                if counts:
                    kinds[name] = kinds.get(name, Counter()) + counts
            if text != given:
                row = replace(row, **{side: text})
        notes += [(name, "; ".join(found)) for name, found in details.items()]
        return row

    def _is_kept(self, row: Example) -> bool:
        """Whether texts must stay as they are: places in a passage, or the JSON of a dialogue, would not survive."""
        return self._kind.reads == "questions" or row.context == MESSAGES

    def _findings(self, example: Example, kinds: dict[str, Counter[str]]) -> list[tuple[str, str]]:
        """What else there is in the texts, by rule; adds the kinds of it."""
        found = list[tuple[str, str]]()
        texts = (example.source,) if len(self._texts) == 1 else (example.source, example.target)
        seen = Counter([one.kind for text in texts for one in find_personal(text)])
        for name, those in (("personal_data", PERSONAL), ("personal_example", EXAMPLES)):
            if counts := Counter({kind: number for kind, number in seen.items() if kind in those}):
                kinds[name] = counts
                found.append((name, _counted(counts)))
        if self._lexicon is not None:
            spans = [text[begin:end] for text in texts for begin, end in self._lexicon.find(text)]
            if spans:
                found.append(("lexicon", ", ".join(spans[:SHOWN])))
        return found


def _repaired(text: str) -> _Step:
    mended = repair(text)
    is_same = mended is text or mended == text
    return (text, "", _NOTHING) if is_same else (mended, _beside(text, mended), _NOTHING)


def _beside(before: str, after: str) -> str:
    """The first place where two texts differ, in both."""
    at = next((place for place, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    begin = max(0, at - 10)
    return f"…{before[begin : at + 20]}… is …{after[begin : at + 20]}…"


def _without_advertisements(text: str) -> _Step:
    cleaned, removed = remove_advertisements(text)
    return cleaned, "; ".join(removed[:SHOWN]), _NOTHING


def _masked(text: str) -> _Step:
    masked, kinds = mask_personal(text)
    return masked, _counted(kinds), kinds


def _counted(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{kind}: {count}" for kind, count in sorted(kinds.items()))


def normalized(row: Example, config: DataConfig, kind: DataKind) -> Example:
    """The row with normalized texts: labels in one order, texts to be continued with their lines."""
    if kind.has_labels:
        separator = config.label_separator or SEPARATOR
        parts = (part for line in row.target.split(SEPARATOR) for part in line.split(separator))
        labels = {label_text(without_breaks(normalize(part))) for part in parts}
        return replace(row, source=normalize(row.source), target=SEPARATOR.join(sorted(labels - {""})))
    if kind.reads == "texts":
        return replace(row, target=normalize_lines(row.target))
    if kind.reads == "questions":  # answers are places in the user's own text: that stays as it is
        return replace(row, source=normalize(row.source))
    references = tuple(filter(None, map(normalize, row.references))) if row.references else ()
    source = normalize_lines(row.source) if kind.keeps_lines else normalize(row.source)
    target = normalize(row.target)
    if source == row.source and target == row.target and references == row.references:
        return row
    return replace(row, source=source, target=target, references=references)


def _empty(example: Example, config: DataConfig, kind: DataKind) -> str:
    missing = [side for side in kind.needed if not getattr(example, side)]
    return f"no text in {' and '.join(missing)}" if missing else ""


def _identical(example: Example, config: DataConfig, kind: DataKind) -> str:
    is_same = without_breaks(example.source) == without_breaks(example.target)
    return "the target equals the source" if is_same else ""


def _too_long(example: Example, config: DataConfig, kind: DataKind) -> str:
    longest = max(len(example.source), 0 if kind.has_labels else len(example.target))
    return f"{longest} characters, at most {config.max_chars}" if longest > config.max_chars else ""


def _placeholders(example: Example, config: DataConfig, kind: DataKind) -> str:
    return differ(example.source, example.target)


def _numbers(example: Example, config: DataConfig, kind: DataKind) -> str:
    return numbers_differ(example.source, example.target, config.source_language, config.target_language)


_RULES: dict[str, Callable[[Example, DataConfig, DataKind], str]] = {
    "empty": _empty,
    "identical": _identical,
    "too_long": _too_long,
    "placeholders": _placeholders,
    "numbers": _numbers,
}
"""Rules that one row alone can break. Each says what it saw, or "" when all is well."""
