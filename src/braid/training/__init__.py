"""Batches to weights: step, loop, schedule, checkpoints."""
