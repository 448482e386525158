"""Files to clean, split examples and batches."""
