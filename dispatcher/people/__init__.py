"""What people say and do: calls, tasks, approvals, hand-overs, events by hand, the first day."""
