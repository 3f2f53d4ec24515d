"""The command line: thin, every word from the registry."""
