"""The registry of problems and of every text for people, and how they are shown."""
