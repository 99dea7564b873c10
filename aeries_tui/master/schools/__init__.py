"""The two lists of schools and how they are mapped."""
