"""The channels that ship with relance, each through the same door as anybody's."""
