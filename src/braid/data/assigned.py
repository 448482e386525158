"""The part that a row's own column gives it: by name, or by its date."""

from __future__ import annotations

from datetime import UTC, date, datetime

from braid.config.recipe import DataConfig
from braid.data.columns import TEST, TRAIN, VALID
from braid.data.example import Example
from braid.errors import ConfigError

NAMES = {
    **dict.fromkeys(("train", "training"), TRAIN),
    **dict.fromkeys(("valid", "validation", "val", "dev", "development"), VALID),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), TEST),
}
"""What a split column may hold, in any case."""


def moment(text: str) -> datetime:
    """The time that a text names: ISO 8601 in any of its forms, with / or . for - too; or seconds since 1970.

    Dates are midnight; where no zone is named it is UTC.

    Raises:
        ValueError: It names none.
    """
    text = text.strip()
    if len(text) == 4 and text.isascii() and text.isdigit():
        text += "-01-01"
    try:
        found = datetime.fromisoformat(text.replace("/", "-") if len(text) < 11 else text)
    except ValueError:
        if text.count(".") == 2:
            return moment("-".join(part.zfill(2) for part in reversed(text.split("."))))
        try:
            found = datetime.fromtimestamp(float(text if text.isascii() else ""), UTC)
        except (ValueError, OverflowError, OSError):
            raise ValueError(f'must be a date such as 2026-11-28, got "{text[:40]}"') from None
    try:
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError(f'must be a date from the year 1 to 9999, got "{text[:40]}"') from None


def check_dates(config: DataConfig) -> None:
    """Raise what is wrong with the dates by which a recipe splits.

    Raises:
        ConfigError: One is missing, no date, or not after the other.
    """
    if not config.date_column:
        return
    found = {}
    for key in ("valid_from", "test_from"):
        text = getattr(config, key)
        if not text:
            continue
        try:
            found[key] = moment(text)
        except ValueError as error:
            raise ConfigError(f"data.{key} {error}") from None
    if not found:
        today = date.today().isoformat()
        hint = f'write test_from = "{today}" under [data]: rows from that day on are the test'
        raise ConfigError("data.date_column needs data.test_from or data.valid_from, got neither", hint=hint)
    if len(found) == 2 and found["valid_from"] >= found["test_from"]:
        message = f'data.valid_from must be before data.test_from, got "{config.valid_from}" and "{config.test_from}"'
        raise ConfigError(message)


def assigned_part(row: Example, config: DataConfig) -> int:
    """The part that the row's column or date gives it, or -1 where the recipe names neither.

    Raises:
        ValueError: The column holds something else; worded for a person.
    """
    if config.split_column:
        name = row.part.strip().lower()
        if name not in NAMES:
            raise ValueError(f'"{config.split_column}" must be train, valid or test, got "{row.part[:40]}"')
        return NAMES[name]
    if not config.date_column:
        return -1
    try:
        at = moment(row.part)
    except ValueError as error:
        raise ValueError(f'"{config.date_column}" {error}') from None
    if config.test_from and at >= moment(config.test_from):
        return TEST
    return VALID if config.valid_from and at >= moment(config.valid_from) else TRAIN
