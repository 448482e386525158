"""Greedy and beam search: ids in, ids out."""
