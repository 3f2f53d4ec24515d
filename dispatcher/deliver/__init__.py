"""From a planned message to a recorded outcome, whatever dies in between."""
