"""The roster service: OneRoster REST 1.1 and 1.2, read-only, out of what the District Master holds."""
