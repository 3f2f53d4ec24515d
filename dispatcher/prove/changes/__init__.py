"""Two versions of the rules: what means something else, exactly, and whom it concerns."""
