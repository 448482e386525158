"""Scores with intervals and signatures; one file a metric family."""
