"""Parts that rows name themselves, and dates."""

import pytest

from braid.config.recipe import DataConfig
from braid.data.assigned import assigned_part, check_dates, moment
from braid.data.columns import TEST, TRAIN, VALID
from braid.data.example import Example
from braid.errors import ConfigError


def row(part):
    return Example(source="a", target="b", file="f", line=1, part=part)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-28", "2026/11/28", "28.11.2026", "20261128", "2026-11-28T00:00:00Z", "20261128T000000Z",
        "2026-11-28 00:00", "2026-11-28T02:00:00+02:00", "1795824000", " 2026-11-28 ", "2026-11-28T00:00+00:00",
    ],
)  # fmt: skip
def test_forms_of_a_date(text):
    assert moment(text).isoformat() == "2026-11-28T00:00:00+00:00"


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13-01", "1.2.x", "nan", "1e400", "١٢", "99.99.9999", "a.b.c.d", "0001-01-01T00:00+05:00"]
)
def test_what_is_no_date(text):
    with pytest.raises(ValueError, match="must be a date "):
        moment(text)


def test_a_year_is_its_first_day():
    assert moment("2024").isoformat() == "2024-01-01T00:00:00+00:00"


def test_by_name():
    config = DataConfig(split_column="fold")
    found = [assigned_part(row(name), config) for name in ("train", " Dev ", "TEST", "validation")]
    assert found == [TRAIN, VALID, TEST, VALID]
    with pytest.raises(ValueError, match='"fold" must be train, valid or test, got "other"'):
        assigned_part(row("other"), config)
    assert assigned_part(row("test"), DataConfig()) == -1


def test_by_date():
    config = DataConfig(date_column="day", valid_from="2026-01-01", test_from="2026-06-01")
    found = [assigned_part(row(day), config) for day in ("2025-12-31", "2026-01-01", "2026-05-31T23:59", "2026-06-01")]
    assert found == [TRAIN, VALID, VALID, TEST]
    with pytest.raises(ValueError, match='"day" must be a date such as 2026-11-28, got ""'):
        assigned_part(row(""), config)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "needs data.test_from or data.valid_from, got neither"),
        ({"test_from": "soon"}, 'data.test_from must be a date such as 2026-11-28, got "soon"'),
        ({"test_from": "2026-01-01", "valid_from": "2026-01-01"}, "data.valid_from must be before data.test_from"),
    ],
)
def test_faulty_dates(settings, message):
    with pytest.raises(ConfigError, match=message):
        check_dates(DataConfig(date_column="day", **settings))
    check_dates(DataConfig(**settings))  # without a column they mean nothing
