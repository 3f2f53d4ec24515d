"""A month of the sample company: its debtors pay, promise and dispute, its people do their work."""
