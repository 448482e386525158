"""SQLite databases: what is read, and that nothing else is ever done."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import sqlite3
import time
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from braid.config.recipe import DataConfig
from braid.data.example import Example, Reject
from braid.data.formats import ReadOptions, inspect_file, read_files
from braid.data.formats import sqlite as module
from braid.data.kinds import KINDS
from braid.errors import DataError

PAIRS = "CREATE TABLE pairs (id INTEGER PRIMARY KEY, source TEXT, target TEXT); INSERT INTO pairs VALUES (1, 'a', 'b');"


@pytest.fixture
def database(tmp_path):
    def make(script, name="a.db", rows=()):
        with closing(sqlite3.connect(tmp_path / name)) as made:
            made.executescript(script)
            for statement, values in rows:
                made.executemany(statement, values)
            made.commit()
        return name

    return make


@pytest.fixture
def rows(tmp_path):
    def read(name, task="classify", query="", **config):
        options = KINDS[task].options(DataConfig(**config))
        fields = {field: getattr(options, field) for field in options.__dataclass_fields__} | {"query": query}
        return list(read_files([name], ReadOptions(**fields), folder=tmp_path))

    return read


def test_the_only_table_that_fits(database, rows):
    name = database(
        "CREATE TABLE users (id, name); CREATE TABLE reviews (picture BLOB, id, Text, label);"
        "CREATE INDEX by_text ON reviews (Text DESC, label); CREATE VIEW shown AS SELECT Text, label FROM reviews;",
        "a.sqlite3",
        [("INSERT INTO reviews VALUES (x'00', ?, ?, ?)", [(n, f"text {n} 灯", n % 3) for n in range(1500)])],
    )
    found = rows(name)
    assert [(row.source, row.target, row.line, row.key) for row in found] == [
        (f"text {n} 灯", str(n % 3), n + 1, str(n)) for n in range(1500)
    ]
    assert found[0].file == "a.sqlite3"


def test_cells_are_those_of_parquet(database, rows):
    name = database(
        "CREATE TABLE t (text, label); INSERT INTO t VALUES (NULL, 'x'), ('a', NULL), (1, 'x'), (x'6162', 'x'),"
        "('a', 1.5), (CAST(x'ff61' AS TEXT), 'x'), ('a', 7);"
    )
    found = rows(name)
    assert [(row.source, row.target) for row in found if isinstance(row, Example)] == [
        ("", "x"),
        ("a", ""),
        ("a", "1.5"),
        ("a", "7"),
    ]
    assert [(row.rule, row.example.line, row.detail) for row in found if isinstance(row, Reject)] == [
        ("cells", 3, '"text" must be a string, got int'),
        ("cells", 4, '"text" must be a string, got bytes'),
        ("cells", 6, '"text" must be valid Unicode, got half of a surrogate pair'),
    ]


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_encodings_and_odd_names(encoding, database, rows):
    name = database(
        f'PRAGMA encoding = \'{encoding}\'; CREATE TABLE "a "" b" (text, label);'
        "INSERT INTO \"a \"\" b\" VALUES ('灯😀', 'x')"
    )
    assert [row.source for row in rows(name)] == ["灯😀"]
    odd = database(
        "CREATE TABLE t (text PRIMARY KEY, label) WITHOUT ROWID; INSERT INTO t VALUES ('a', 'x')", "a #?%41.db"
    )
    assert [row.source for row in rows(odd)] == ["a"]


def test_texts_and_dialogues(database, rows):
    name = database("CREATE TABLE t (n, content); INSERT INTO t VALUES (1, 'one'); CREATE TABLE u (x);")
    assert [(row.target, row.group) for row in rows(name, "generate")] == [("one", "a.db:1")]
    talk = database(
        """CREATE TABLE t (messages); INSERT INTO t VALUES ('[{"role": "user", "content": "hi"}]')""", "b.db"
    )
    assert [row.context for row in rows(talk, "generate")] == ["messages"]
    asked = database("CREATE TABLE t (prompt, completion); INSERT INTO t VALUES ('q', 'a')", "c.db")
    assert [row.context for row in rows(asked, "generate")] == ["messages"]


def test_a_query(database, rows):
    name = database(
        "CREATE TABLE u (id, body); CREATE TABLE v (id, mood); INSERT INTO u VALUES (1, 'a'), (2, 'b');"
        "INSERT INTO v VALUES (1, 'x'), (2, 'y');"
        "CREATE VIEW w AS SELECT body AS text, mood AS label FROM u JOIN v USING (id);"
    )
    with pytest.raises(DataError, match=r"got the tables u \(id, body\); v \(id, mood\)") as caught:
        rows(name)
    assert "query = " in caught.value.hint
    for query in (
        "SELECT body AS text, mood AS label FROM u JOIN v USING (id) ORDER BY u.id",
        "SELECT * FROM w ORDER BY text;",
        "WITH x AS (SELECT * FROM w) SELECT upper(text) AS text, label FROM x ORDER BY 1 -- done",
    ):
        assert [(row.source.lower(), row.target) for row in rows(name, query=query)] == [("a", "x"), ("b", "y")]
    with pytest.raises(DataError, match='got the columns "body"'):
        rows(name, query="SELECT body FROM u")


def test_several_tables_that_fit(database, rows):
    name = database("CREATE TABLE a (text, label); CREATE TABLE b (text, label);")
    with pytest.raises(DataError, match="just one table must have the columns that are looked for, got several: a, b"):
        rows(name)


FORBIDDEN = [
    "INSERT INTO pairs VALUES (2, 'c', 'd')",
    "DELETE FROM pairs",
    "DROP TABLE pairs",
    "UPDATE pairs SET source = 'x' RETURNING source, target",
    "CREATE TEMP TABLE t AS SELECT 1 AS source, 2 AS target",
    "ATTACH '{other}' AS other",
    "VACUUM INTO '{other}'",
    "PRAGMA journal_mode = WAL",
    "PRAGMA writable_schema = ON",
    "SELECT load_extension('x') AS source, 'y' AS target",
    "SELECT 'a' AS source, CAST(zeroblob(1000000000) AS TEXT) AS target",
    "SELECT name AS source, type AS target FROM pragma_table_info('pairs')",
    "SELECT source, target FROM pairs; DELETE FROM pairs",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS source, x AS target FROM c",
    "BEGIN EXCLUSIVE",
    "SELECT source, target FROM nowhere",
    "SELEC",
    "SELECT ? AS source, ? AS target",
    "SELECT 'a\0b' AS source",
]


@pytest.mark.parametrize("query", FORBIDDEN)
def test_only_reading_is_allowed(query, database, read, tmp_path):
    name = database(PAIRS)
    before = hashlib.sha256((tmp_path / name).read_bytes()).digest()
    with pytest.raises(DataError, match=r"data.query must be one SELECT that only reads, got: .*a\.db"):
        read(name, query=query.replace("{other}", str(tmp_path / "other.db")))
    assert hashlib.sha256((tmp_path / name).read_bytes()).digest() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


def test_reading_leaves_no_trace(database, read, tmp_path):
    name = database(PAIRS + "PRAGMA journal_mode = WAL;")
    before = (tmp_path / name).read_bytes()
    os.chmod(tmp_path / name, 0o444)
    assert [(row.source, row.target, row.key) for row in read(name)] == [("a", "b", "1")]
    assert (tmp_path / name).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_database_that_is_being_written_is_refused(database, read, tmp_path):
    name = database(PAIRS + "PRAGMA journal_mode = WAL;")
    with closing(sqlite3.connect(tmp_path / name)) as writer:
        writer.execute("INSERT INTO pairs VALUES (2, 'c', 'd')")
        writer.commit()
        with pytest.raises(DataError, match=r"got unfinished changes in a.db-wal"):
            read(name)
    assert len(read(name)) == 2


def test_a_query_without_an_end_is_given_up(database, read, monkeypatch):
    numbers = ("INSERT INTO n VALUES (?)", [(n,) for n in range(2000)])
    name = database("CREATE TABLE n (x); CREATE TABLE pairs (source, target);", rows=[numbers])
    monkeypatch.setattr(module, "MAX_SECONDS", 0.3)
    begun = time.perf_counter()
    with pytest.raises(DataError, match="got: no row for 0 seconds"):
        read(name, query="SELECT count(*) AS source, 'x' AS target FROM n a, n b, n c, n d")
    assert time.perf_counter() - begun < 5


def test_a_reader_that_rests_is_not_given_up(database, tmp_path, monkeypatch):
    pairs = ("INSERT INTO pairs VALUES (?, 'b')", [(f"a{n}",) for n in range(50_000)])
    name = database("CREATE TABLE pairs (source, target);", rows=[pairs])
    monkeypatch.setattr(module, "MAX_SECONDS", 0.5)
    found = read_files([name], ReadOptions(source_language="", target_language=""), folder=tmp_path)
    next(found)
    time.sleep(0.7)
    assert sum(1 for _ in found) == 49_999


def test_other_and_damaged_files(database, read, write, tmp_path):
    whole = (tmp_path / database(PAIRS + f"INSERT INTO pairs VALUES (2, '{'x' * 50_000}', 'y');")).read_bytes()
    for name, content, message in (
        ("b.db", b"text,label\n", "must be an SQLite database"),
        ("c.db", b"SQLite format 3\0" + b"\1" * 9000, "must be whole and readable"),
        ("d.db", whole[:20_000], "must be whole and readable"),
        ("e.sqlite.gz", gzip.compress(whole), "must not be gzip"),
        ("f.db", whole[:100], "must be whole and readable|just one table"),
    ):
        with pytest.raises(DataError, match=message) as caught:
            read(write(name, content))
        assert name in str(caught.value)


def test_facts(database, tmp_path):
    name = database("CREATE TABLE a (x); CREATE TABLE t (en, zh); INSERT INTO t VALUES ('light', '灯'), (1, NULL);")
    facts = inspect_file(name, folder=tmp_path)
    assert (facts.format, facts.languages, facts.columns) == ("sqlite", ("en", "zh"), ("en", "zh"))
    assert facts.rows == (("light", "灯"), ("1", "null"))
    with pytest.raises(DataError, match="must hold a table"):
        inspect_file(database("CREATE VIEW v AS SELECT 1", "b.db"), folder=tmp_path)


def check_mutations(seed, database, rows, tmp_path):
    source = tmp_path / "whole.db"
    if not source.exists():
        database(
            "CREATE TABLE t (text, label); CREATE INDEX i ON t (label);"
            + "".join(f"INSERT INTO t VALUES ('{'灯a' * (n % 50)}', '{n}');" for n in range(100)),
            "whole.db",
        )
    content = bytearray(source.read_bytes())
    chance = random.Random(seed)
    for _ in range(chance.randrange(1, 8)):
        content[chance.randrange(16, len(content) if chance.random() < 0.6 else 300)] = chance.randrange(256)
    (tmp_path / "a.db").write_bytes(content[: chance.randrange(100, len(content)) if chance.random() < 0.2 else None])
    try:
        found = rows("a.db", "classify" if seed % 2 else "generate")
    except DataError as error:
        assert "a.db" in str(error)
    else:
        assert all(isinstance(row, Example | Reject) for row in found)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**30))
def test_any_damage_is_read_or_refused(seed, database, rows, tmp_path):
    check_mutations(seed, database, rows, tmp_path)


@pytest.mark.slow
@settings(deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**30))
def test_much_damage_is_read_or_refused(seed, database, rows, tmp_path):
    check_mutations(seed, database, rows, tmp_path)


def test_a_column_that_makes_a_huge_text_takes_little_memory(tmp_path, measured):
    """SQLite itself makes nothing of a text that is longer than the limit."""
    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        database.execute("CREATE TABLE wide (en AS (printf('%.60000000c', 'x')), zh TEXT)")
        database.execute("INSERT INTO wide VALUES ('b')")
        database.commit()
    ((_, seconds, megabytes, _),) = measured(["a.db"])
    assert seconds < 1
    assert megabytes < 100
