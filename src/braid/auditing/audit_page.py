"""An audit as one HTML file that needs nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from braid.auditing.audit_sections import audit_sections
from braid.auditing.audit_view import Cell, Section, Table, cell_text, count_text, is_number
from braid.auditing.charts import chart_row
from braid.auditing.findings import row_noun
from braid.auditing.pages import page_environment, write_page
from braid.storage import make_folder
from braid.text.languages import language_name


def audit_page(audit: dict[str, Any], *, path: Path) -> None:
    """Write the page, and its folder where there is none; it loads nothing from anywhere and runs no script.

    Args:
        audit: With its ``diagnosis``.
        path: The HTML file.

    Raises:
        StorageError: It cannot be written.
    """
    environment = page_environment()
    environment.filters["cell"] = cell_text
    environment.tests["numeric"] = is_number
    environment.globals["bar"] = _bar
    sections = audit_sections(audit)
    html = environment.get_template("audit.html.j2").render(
        audit=audit,
        read=count_text(audit["data"]["rows_read"], row_noun(audit)),
        sections=[(section, chart_row(section.charts) if section.charts else "") for section in _merged(sections)],
        languages=" → ".join(language_name(code) for code in audit["languages_declared"] if code),
    )
    make_folder(path.parent)
    write_page(html, path)


def _merged(sections: list[Section]) -> list[Section]:
    """The sections; the charts of lengths stand beside those of the vocabulary."""
    by_key = {section.key: section for section in sections}
    if not (by_key["lengths"].charts and by_key["vocabulary"].charts):
        return sections
    both = [*by_key["lengths"].charts, *by_key["vocabulary"].charts]
    changed = {
        "lengths": replace(by_key["lengths"], charts=()),
        "vocabulary": replace(by_key["vocabulary"], charts=both),
    }
    return [changed.get(section.key, section) for section in sections]


def _bar(table: Table, row: list[Cell]) -> float:
    """How long a row's bar is, in percent of the longest."""
    values = [float(one[table.bar]) for one in table.rows]
    return 100 * float(row[table.bar]) / max(*values, 1e-9, 0.0)
