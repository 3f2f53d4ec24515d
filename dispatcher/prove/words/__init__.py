"""A policy in words: as sentences, as a table, or flat with the origin of every value."""
