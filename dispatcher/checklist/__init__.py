"""The checklist of `relance doctor`: what has to stand before a home goes live, area by area."""
