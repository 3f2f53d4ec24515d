"""Rendering in limited worker processes."""
