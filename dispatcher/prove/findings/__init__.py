"""What `check` finds in policies by exact analysis, a module for each family of findings."""
