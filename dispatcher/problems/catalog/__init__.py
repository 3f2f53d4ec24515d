"""The texts, one module per area: `PROBLEMS` (codes) and, where there are any, `PHRASES`."""
