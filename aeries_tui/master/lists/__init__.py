"""Long lists for screens and commands, read page by page from the Master."""
