"""The District Master: one district's roster, mapping and imports in a local SQLite database.

Knows no HTTP and no screen. Everything that reads or writes the Master's SQL is here.
"""
