"""Greedy and beam search, and sampling: ids in, ids out."""
