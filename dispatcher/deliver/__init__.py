"""Sending what is due: claims, journal, loop, schedule, recovery of dead workers."""
