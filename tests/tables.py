"""Tables of rows in memory, for what reads their columns."""

from types import SimpleNamespace

import numpy as np

from braid.data.columns import Marked, MemoryColumns
from braid.data.keys import number_of
from braid.text.normalize import display_width


def table_of(rows):
    """What a `braid.data.table.Table` offers to a report."""
    columns = {}
    for side in ("source", "target"):
        texts = [getattr(row, side) for row in rows]
        columns[side] = np.array([number_of(text) for text in texts], np.uint64)
        columns[f"{side}_chars"] = np.array([len(text) for text in texts], np.uint32)
        columns[f"{side}_width"] = np.array([display_width(text) for text in texts], np.uint32)
    made = Marked(MemoryColumns(columns))
    made.shards = [SimpleNamespace(facts={"characters": dict.fromkeys(("source", "target"), "ab"), "encodings": {}})]
    return made
