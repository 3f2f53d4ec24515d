"""From facts to one answer for every open case. Pure."""
