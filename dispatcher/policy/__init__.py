"""The policy language: read, compile, interpret."""
