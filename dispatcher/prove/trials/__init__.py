"""The tests of operators: single cases, timelines, what they reach and what they do not."""
