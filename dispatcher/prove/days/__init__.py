"""Days on a virtual clock over a book without a store: the days to come, or a past ledger."""
