"""No regular expression takes more than linear time, whatever is repeated a million times."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import signal
import time
from collections.abc import Iterator

import pytest

import braid

SEARCHES = {"search", "finditer", "findall", "sub", "subn", "split"}
METHODS = SEARCHES | {"match", "fullmatch"}
KINDS = "aZ1_ \t\n<([{\"'\\/.,:;-=&%@#|*`~$!?\0é中あＡ，\u0301"
"""A character of each kind that expressions tell apart."""
PENDING = {"braid.text.personal._EXAMPLE_DOMAIN"}
"""Takes quadratic time, of texts that are no longer than a domain."""
SCREENED = 3000
SLOW_SECONDS = 0.8e-6
"""Per character; a linear expression takes a tenth of it."""


def modules() -> Iterator[tuple[str, object]]:
    for found in pkgutil.walk_packages(braid.__path__, "braid."):
        spec = found.module_finder.find_spec(found.name, None)
        source = spec.loader.get_source(found.name) if spec and spec.loader else ""
        if re.search(r"^(import re|from re import .*)$", source, re.MULTILINE):  # the others have none
            yield found.name, importlib.import_module(found.name)


def held(value: object, depth: int = 4) -> Iterator[re.Pattern]:
    """The expressions that a value is or holds."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict):
        yield from (one for item in value.items() for part in item for one in held(part, depth - 1))
    elif depth and isinstance(value, (list, tuple, set, frozenset)):
        yield from (one for item in value for one in held(item, depth - 1))
    elif depth and hasattr(type(value), "__dataclass_fields__"):
        yield from (one for name in value.__dataclass_fields__ for one in held(getattr(value, name, None), depth - 1))


def expressions() -> dict[re.Pattern, tuple[str, set[str]]]:
    """Every expression of the package with its first name and the methods it is used by; all where none is seen."""
    found: dict[re.Pattern, tuple[str, set[str]]] = {}
    trees = []
    for name, module in modules():
        trees.append((module, ast.parse(inspect.getsource(module))))
        for key, value in vars(module).items():
            for one in held(value):
                found.setdefault(one, (f"{name}.{key}", set()))
    for module, tree in trees:
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute) or node.attr not in METHODS or not isinstance(node.value, ast.Name):
                continue
            value = getattr(module, node.value.id, None)
            if isinstance(value, re.Pattern):
                found[value][1].add("search" if node.attr in SEARCHES else node.attr)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
                first = node.args[0] if node.args else None
                is_inline = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
                if is_inline and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    method = "search" if node.func.attr in SEARCHES else node.func.attr
                    found.setdefault(re.compile(first.value), (f"{module.__name__} inline", set()))[1].add(method)
    return {one: (name, methods or {"search", "match", "fullmatch"}) for one, (name, methods) in found.items()}


def mentioned(pattern: str) -> str:
    """The characters that an expression mentions, each once, and one of every kind that it may mean."""
    plain = re.sub(r"\\[wWdDsSbBAZ]|\(\?[:=!<>P]*|[\\+?*|()\[\]{}^]", "", pattern)
    return "".join(dict.fromkeys(plain))[:10]


def texts(pattern: str, size: int) -> Iterator[tuple[str, str]]:
    """What is repeated, and repeated, with and without something else before and after it."""
    own = mentioned(pattern)
    units = [*dict.fromkeys(own + KINDS), *(one + other for one in own[:6] for other in own[:6] + "a ")]
    for unit in dict.fromkeys(units):
        body = unit * (size // len(unit))
        yield unit, f"{body}\x01"
        yield unit, f"{own[:1]}{body}\x01"


def ring(*_: object) -> None:
    raise TimeoutError


def seconds(pattern: re.Pattern, methods: set[str], text: str | bytes, limit: float) -> float:
    """Seconds of the processor that the methods need for a text, or the limit."""
    signal.setitimer(signal.ITIMER_VIRTUAL, limit)
    try:
        return taken(pattern, methods, text)
    except TimeoutError:
        return limit
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def taken(pattern: re.Pattern, methods: set[str], text: str | bytes) -> float:
    """Seconds of the processor that the methods need for a text."""
    begun = time.process_time()
    for method in methods:
        if method == "search":
            for _ in pattern.finditer(text):
                pass
        else:
            getattr(pattern, method)(text)
    return time.process_time() - begun


@pytest.fixture
def alarm():
    before = signal.signal(signal.SIGVTALRM, ring)
    yield
    signal.signal(signal.SIGVTALRM, before)


def as_given(pattern: re.Pattern, text: str) -> str | bytes:
    return text.encode("utf-8", "ignore") if isinstance(pattern.pattern, bytes) else text


def written(pattern: re.Pattern) -> str:
    return pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern


def grows(pattern: re.Pattern, methods: set[str], make) -> bool:
    """Whether a text that took long takes more than twice as long, or longer than two seconds at a million."""
    twice = seconds(pattern, methods, as_given(pattern, make(40_000)), 1.0)
    once = seconds(pattern, methods, as_given(pattern, make(20_000)), 1.0)
    return twice >= 1 or (twice > 0.02 and twice > 3 * once) or twice > 0.08


def slow(pattern: re.Pattern, methods: set[str]) -> list[str]:
    found = []
    for place, (unit, text) in enumerate(texts(written(pattern), SCREENED)):
        given = as_given(pattern, text)
        if all(seconds(pattern, methods, given, 1.0) > SLOW_SECONDS * SCREENED for _ in range(3)):
            form = place % 2
            own = mentioned(written(pattern))[:1]

            def make(size: int, unit: str = unit, form: int = form, own: str = own) -> str:
                body = unit * (size // len(unit))
                return (f"{body}\x01", f"{own}{body}\x01")[form]

            if grows(pattern, methods, make):
                found.append(f"{unit!r} in form {form}")
        if len(found) == 2:
            break
    return found


@pytest.mark.skipif(not hasattr(signal, "SIGVTALRM"), reason="needs a clock of the process's own time")
def test_no_expression_takes_more_than_linear_time(alarm):
    every = expressions()
    assert len(every) > 300
    found = {name: bad for one, (name, methods) in every.items() if name not in PENDING and (bad := slow(one, methods))}
    assert not found, "\n".join(f"{name}: {bad}" for name, bad in found.items())


@pytest.mark.parametrize("pattern", [r"\s*[@?][\w.:]*/?[\w.:/]*\s*x", r"a*a*b", r"\s+$", "<[^>]*;"])
def test_what_is_not_linear_is_found(pattern, alarm):
    assert slow(re.compile(pattern), {"search"})


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGVTALRM"), reason="needs a clock of the process's own time")
def test_a_million_characters(alarm):
    for one, (name, methods) in expressions().items():
        if name in PENDING:
            continue
        for unit in dict.fromkeys([*KINDS, *mentioned(written(one))]):
            text = as_given(one, unit * 10**6 + "\x01")
            assert seconds(one, methods, text, 3.0) < 2, (name, unit)
