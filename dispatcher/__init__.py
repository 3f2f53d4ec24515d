"""Reminders for unpaid invoices: cases, policies, decisions, messages, delivery, trail."""

__version__ = "0.1.0"
