"""Text before numbers: normalization, sentences, subwords, languages."""
