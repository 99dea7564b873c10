"""A pull from start to end: connect, year, fetch, check, compare, guard, apply, files."""
