"""Probe data sets: one reader a file, all giving the same records."""
