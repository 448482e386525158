"""Reports about data and models."""
