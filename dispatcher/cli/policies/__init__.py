"""Commands for those who write policies: test, diff, show, fmt, simulate, replay, schema."""
