from audit_rows import pair
from braid.auditing.data_tasks import answers_found, summaries_found, texts_found


def test_summaries():
    text = "The cat sat on the mat. Then it went away to look for mice in the garden."
    rows = [pair(0, text, "The cat sat on the mat."), pair(1, text, "A dog barks."), pair(2, "Short.", "A longer one.")]
    found = summaries_found(rows, "en")
    assert found["copied"] == 0.3333
    assert found["longer"]["rows"] == 1
    assert found["longer"]["samples"][0]["line"] == 3
    assert found["scores"]["novel1"]["low"] <= found["scores"]["novel1"]["value"]
    assert found["lead"]["rougeL"] > 0
    assert summaries_found([], "en") == {"rows": 0}
    assert "coverage" not in summaries_found([pair(0, "a b", "…")], "en")["scores"]


def test_answers():
    context = "0123456789" * 10
    rows = [
        pair(0, "q", "0", context=context, start=0),
        pair(1, "q", "9", context=context, start=99),
        pair(2, "q", "", context=context),
        pair(3, "q", "x", context=context),
    ]
    found = answers_found(rows)
    assert (found["rows"], found["passages"], found["without_answer"], found["not_found"]) == (4, 1, 1, 1)
    assert found["samples"][0]["line"] == 4
    assert found["positions"][0] == found["positions"][9] == 0.5
    assert answers_found([])["positions"] == []


def test_lines_that_documents_share():
    header = "Acme Ltd. – Handbook of the wonderful machine, edition {}"
    rows = [pair(0, "", f"{header.format(n)}\ntext {n * 'x'} of it\nmore\n", group=str(n)) for n in range(9)]
    rows += [pair(0, "", f"a second piece {n * 'z'}", group=str(n)) for n in range(9)]
    shared = {"lines": 1, "line": header.format(2), "most": 9, "documents": 9}
    assert texts_found(rows)["shared_lines"] == shared | {"lines": 2}  # "more" stands in all, too
    bodies = [pair(0, f"{header.format(n)}\nThe cat {n * 'x'} sat.", "A cat sat.") for n in range(9)]
    assert summaries_found(bodies, "en")["shared_lines"] == shared
    assert texts_found([])["shared_lines"] == {"lines": 0, "line": "", "most": 0, "documents": 0}


def test_texts():
    rows = [
        pair(0, "", "one two three four\nshort\nfive six seven", group="a"),
        pair(1, "", "one two three four\nshort", group="b"),
        pair(2, "", "one two three four\nshort", group="c"),
    ]
    found = texts_found(rows)
    assert (found["documents"], found["lines"], found["repeated_lines"], found["repeated_documents"]) == (3, 4, 2, 1)
    assert found["repeated_share"] == round(36 / 68, 4)
    assert found["samples"][0]["times"] == 3
    assert found["samples"][0]["target"] == "one two three four"
    assert texts_found([])["repeated_share"] == 0
