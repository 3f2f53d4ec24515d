"""What can be said of a policy for certain: tests, proofs, differences."""
