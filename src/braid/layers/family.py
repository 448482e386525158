"""The recurrent layers by their letters."""

from __future__ import annotations

from braid.layers.deltanet import GatedDeltaNet
from braid.layers.elman import Elman
from braid.layers.gru import GRU
from braid.layers.lstm import LSTM
from braid.layers.recurrence import Recurrence
from braid.layers.rglru import RGLRU
from braid.layers.ssru import SSRU

RECURRENCES: dict[str, type[Recurrence]] = {"D": GatedDeltaNet, "E": Elman, "M": LSTM, "G": GRU, "S": SSRU, "R": RGLRU}
