"""The nouns: frozen values on the standard library alone."""
