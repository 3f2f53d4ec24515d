"""Exact analysis: every case of a policy at once, and what follows from that."""
