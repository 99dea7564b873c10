"""The use cases that commands and screens share; below them nobody asks who called."""
