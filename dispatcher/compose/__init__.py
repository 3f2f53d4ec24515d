"""From a decision to words: templates compiled once, formats, MIME. Pure."""
