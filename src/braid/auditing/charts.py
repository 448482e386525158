"""Charts as SVG elements whose text stays text: it takes the page's font and color."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

COLORS = ("#3d7ea6", "#c1662f", "#6b8e4e")
LONGEST_NAME = 40
"""Characters of a line's name in a chart."""


def svg(figure: Any) -> str:
    """The figure as an SVG element."""
    stream = io.StringIO()
    figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = stream.getvalue()
    return text[text.index("<svg") :].replace("#000000", "currentColor")


def axes_of(columns: int) -> tuple[Any, Sequence[Any]]:
    """A wide figure and its axes, side by side."""
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams["svg.fonttype"] = "none"
    matplotlib.rcParams["svg.hashsalt"] = "braid"
    figure = Figure(figsize=(8.6, 2.6), layout="constrained")
    axes = figure.subplots(1, columns, squeeze=False)[0]
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(axis="y", alpha=0.25)
    return figure, axes


def line_chart(chart: dict[str, Any]) -> str:
    """A line chart, at most twice as wide as high.

    Args:
        chart: ``x``, ``y`` and ``lines`` by name, as lists of points.
    """
    figure, axes = axes_of(2)
    _draw_lines(axes[0], chart)
    axes[1].set_axis_off()
    return svg(figure)


def _draw_lines(axis: Any, chart: dict[str, Any], colors: Sequence[str] = ()) -> None:
    for place, (name, points) in enumerate(chart["lines"].items()):
        shown = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 9]}…{name[-8:]}"
        style = {"color": colors[place]} if place < len(colors) else {}
        # With a space before it, for names that begin with an underscore would have no entry.
        axis.plot([x for x, _ in points], [y for _, y in points], label=f" {shown}", linewidth=1.2, **style)
    axis.set(xlabel=chart["x"], ylabel=chart["y"])
    if len(chart["lines"]) > 1:
        for text in axis.legend(frameon=False, fontsize=8).get_texts():
            text.set_parse_math(False)  # a label may hold a dollar


def _draw_bars(axis: Any, chart: dict[str, Any]) -> None:
    """Bars between edges that grow by a factor, so that all are equally wide."""
    for place, (name, counts) in enumerate(chart["bars"].items()):
        width = 0.8 / len(chart["bars"])
        places = [index + (place + 0.5) * width + 0.1 for index in range(len(counts))]
        axis.bar(places, counts, 0.95 * width, color=COLORS[place % len(COLORS)], label=f" {name}")
    edges = chart["edges"]
    step = max(1, -(-len(edges) // 8))
    axis.set_xticks(range(0, len(edges), step), [f"{edge:,g}" for edge in edges[::step]])
    axis.set(xlabel=chart["x"], ylabel=chart["y"])
    if len(chart["bars"]) > 1:
        axis.legend(frameon=False, fontsize=8)


def chart_row(charts: Sequence[dict[str, Any]]) -> str:
    """One or two charts side by side, each of ``lines`` (as for `line_chart`) or of ``bars`` between ``edges``."""
    figure, axes = axes_of(2)
    for axis, chart in zip(axes, charts, strict=False):
        if "bars" in chart:
            _draw_bars(axis, chart)
        else:
            _draw_lines(axis, chart, COLORS)
        axis.set_title(chart["title"], fontsize=9)
        axis.yaxis.set_major_formatter("{x:,.0f}")
        if "lines" in chart:
            axis.xaxis.set_major_formatter("{x:,.0f}")
            axis.locator_params(axis="x", nbins=5)
    for axis in axes[len(charts) :]:
        axis.set_axis_off()
    return svg(figure)
