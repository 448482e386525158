"""Passages found by the words of a question, without a neural network."""

from braid.retrieval.cover import covers
from braid.retrieval.index import Hit, Index, build_index
from braid.retrieval.ranking import Ranking

__all__ = ["Hit", "Index", "Ranking", "build_index", "covers"]
