"""Recipes: fields with constraints, loading, writing."""
