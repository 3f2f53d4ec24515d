"""From a planned contact to frozen messages, and the decision made again before one leaves."""
