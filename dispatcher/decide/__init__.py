"""What a day's plan does: facts, evaluation, contacts, channels, gates, safety, explanation."""
