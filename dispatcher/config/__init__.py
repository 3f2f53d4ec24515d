"""The configuration of a home: config.yaml into frozen settings."""
