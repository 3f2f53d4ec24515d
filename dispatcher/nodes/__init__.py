"""Strict YAML with places: what policies, configuration and tests are read from."""
