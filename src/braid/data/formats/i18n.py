"""Texts of web and mobile frameworks: JSON and YAML files of nested keys (i18next, Rails, Vue, Flutter's ARB)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from braid.data.formats.keyed import MAX_CHARS, Entry, check_size
from braid.data.formats.stream import Stream

MAX_DEPTH = 50

# A string may be left open here, so that none is tried again from each quote inside it.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
_DIRECTIVE = re.compile(r"^%TAG", re.MULTILINE)


def read_json_texts(stream: Stream) -> Iterator[Entry]:
    """Every text below its path of keys (``menu.file.0``), in file order; numbers and the like as they are written.

    What describes texts in ARB files is none: keys that begin with ``@@``, and what lies below one that begins with
    ``@``.

    Raises:
        DataError: No JSON, no object, nested deeper than 50, or larger than 32 MiB.
    """
    text = stream.whole(stream.encoding(), MAX_CHARS)
    if re.search(r"[^\s]", text) is None or text.lstrip()[0] != "{":
        is_array = text.lstrip()[:1] == "["
        hint = "write an array of rows as JSON lines, one object a line in a file named .jsonl" if is_array else ""
        raise stream.fault("a JSON file of texts must hold an object", line=1, hint=hint)
    if _depth(text, stream) > MAX_DEPTH:
        raise stream.fault(f"a JSON file of texts must be nested less than {MAX_DEPTH} deep")
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except ValueError as error:
        line = getattr(error, "lineno", 0)
        raise stream.fault(f"the file must be JSON, got: {error}", line=line) from error
    yield from _json_entries(text)


def _depth(text: str, stream: Stream) -> int:
    depth = deepest = 0
    for number, match in enumerate(_TOKEN.finditer(text), 1):
        check_size(number, stream)
        if match[0] in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif match[0] in "}]":
            depth -= 1
    return deepest


def _json_entries(text: str) -> Iterator[Entry]:
    """Leaves of valid JSON with their lines, which Python's own reader does not tell."""
    line, counted = 1, 0
    for leaf in json_leaves(text):
        first = str(leaf.path[0])
        if leaf.is_key or first.startswith("@@") or (first.startswith("@") and len(leaf.path) > 1):
            continue
        line, counted = line + text.count("\n", counted, leaf.start), leaf.start
        shown = leaf.text if leaf.is_text else "" if leaf.written == "null" else leaf.written
        yield Entry(key=".".join(map(str, leaf.path)), text=shown, line=line)


@dataclass(frozen=True, slots=True)
class JsonLeaf:
    """A key, or a value that is no collection, with its place.

    Args:
        path: The keys above it, and its own; places of lists as numbers.
        written: As the file has it.
        start: Of its first character.
        is_key: It is the last key of its path.
    """

    path: tuple[str | int, ...]
    written: str
    start: int
    is_key: bool

    @property
    def end(self) -> int:
        """Behind its last character."""
        return self.start + len(self.written)

    @property
    def is_text(self) -> bool:
        """Whether it is a string."""
        return self.written[0] == '"'

    @property
    def text(self) -> str:
        """What a string says; "" of a value that is none."""
        return json.loads(self.written) if self.is_text else ""


def json_leaves(text: str, start: int = 0, end: int | None = None) -> Iterator[JsonLeaf]:
    """The keys and the values that are no collections of valid JSON, in order.

    Args:
        text: Holds the JSON.
        start: Where it begins there.
        end: Where it ends; with the text when None.
    """
    path: list[str | int] = []
    expects_key = False
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        token = match[0]
        if token == "\ufeff":
            continue
        if token in "{[":
            path.append("" if token == "{" else 0)
            expects_key = token == "{"
        elif token in "}]":
            path.pop()
            expects_key = False
        elif token == ",":
            place = path[-1]
            path[-1] = place + 1 if isinstance(place, int) else place
            expects_key = isinstance(place, str)
        elif token == ":":
            expects_key = False
        else:
            if expects_key:
                path[-1] = json.loads(token)
            yield JsonLeaf(tuple(path), token, match.start(), expects_key)


def read_yaml_texts(stream: Stream) -> Iterator[Entry]:
    """The same of a YAML file with one document.

    Raises:
        DataError: No YAML, no mapping, anchors or aliases, nested deeper than 50, or larger than 32 MiB.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    path: list[str | int] = []
    is_key: list[bool] = []  # for each open collection: a mapping that expects a key
    text, documents = stream.whole(stream.encoding(), MAX_CHARS), 0
    if _DIRECTIVE.search(text):
        raise stream.fault("a YAML file of texts must not declare tags")
    try:
        for number, event in enumerate(yaml.parse(text, Loader=loader), 1):
            check_size(3 * number, stream)
            line = event.start_mark.line + 1
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise stream.fault("a YAML file of texts must hold one document", line=line)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise stream.fault(
                    "a YAML file of texts must not hold anchors or aliases",
                    line=line,
                    hint="write out what each alias (*name, <<: *name) stands for, and take the anchors (&name) away",
                )
            if isinstance(event, yaml.CollectionStartEvent):
                if not path and isinstance(event, yaml.SequenceStartEvent):
                    raise stream.fault("a YAML file of texts must hold a mapping", line=line)
                if is_key and is_key[-1]:
                    raise stream.fault("a key must be a text", line=line)
                if len(path) >= MAX_DEPTH:
                    raise stream.fault(f"a YAML file of texts must be nested less than {MAX_DEPTH} deep", line=line)
                is_mapping = isinstance(event, yaml.MappingStartEvent)
                path.append("" if is_mapping else 0)
                is_key.append(is_mapping)
            elif isinstance(event, yaml.CollectionEndEvent):
                path.pop()
                is_key.pop()
                _go_on(path, is_key)
            elif isinstance(event, yaml.ScalarEvent):
                if not path:
                    raise stream.fault("a YAML file of texts must hold a mapping", line=line)
                if is_key[-1]:
                    path[-1], is_key[-1] = event.value, False
                    continue
                is_nothing = event.implicit[0] and event.value in ("", "~", "null", "Null", "NULL")
                yield Entry(key=".".join(map(str, path)), text="" if is_nothing else event.value, line=line)
                _go_on(path, is_key)
    except yaml.YAMLError as error:
        mark, position = getattr(error, "problem_mark", None), getattr(error, "position", None)
        line = mark.line + 1 if mark else 1 + text.count("\n", 0, position) if isinstance(position, int) else 0
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or type(error).__name__
        raise stream.fault(f"the file must be YAML, got: {problem}", line=line) from error


def _go_on(path: list[str | int], is_key: list[bool]) -> None:
    """After a value: the next key, or the next place of a list."""
    if path:
        place = path[-1]
        is_key[-1] = isinstance(place, str)
        path[-1] = place + 1 if isinstance(place, int) else place
