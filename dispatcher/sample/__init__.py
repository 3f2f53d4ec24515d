"""A sample company: who owes it what, seeded, dated around the day of use."""
