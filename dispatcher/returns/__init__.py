"""What comes back: statuses, bounces and replies, as news."""
