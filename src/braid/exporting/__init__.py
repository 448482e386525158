"""Weights to other formats."""
