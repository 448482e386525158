"""Recipe fields: default, constraint, unit and docs line in one place, and the check made from them."""

from __future__ import annotations

import dataclasses
from typing import Any

from braid.config.constraints import Constraint
from braid.errors import ConfigError


def setting(default: Any, constraint: Constraint, doc: str, *, unit: str = "") -> Any:
    """A dataclass field that knows its constraint, its unit and its line of documentation."""
    metadata = {"constraint": constraint, "doc": doc, "unit": unit}
    if isinstance(default, list | tuple):
        return dataclasses.field(default_factory=lambda: tuple(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def faults(section: Any, prefix: str, *, skip: tuple[str, ...] = ()) -> dict[str, str]:
    """Every key of a section that breaks its constraint, with the message that says so."""
    found = {}
    for field in dataclasses.fields(section):
        if field.name in skip:
            continue
        value = getattr(section, field.name)
        constraint = field.metadata["constraint"]
        if not constraint.accepts(value):
            key = f"{prefix}.{field.name}" if prefix else field.name
            found[key] = f"{key} must be {constraint.words()}, got {show(value)}"
    return found


def check(section: Any, prefix: str) -> None:
    """Raise `ConfigError` naming every faulty field of a section at once."""
    found = faults(section, prefix)
    if found:
        raise ConfigError("\n".join(found.values()))


def show(value: Any) -> str:
    """A value as it would stand in a TOML file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(show(item) for item in value) + "]"
    return "nothing" if value is None else str(value)
