"""Who is behind an id: what is asked of a person, what was decided, and whose account is whose."""
