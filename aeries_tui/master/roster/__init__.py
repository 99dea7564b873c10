"""The roster itself: its kinds, plans, applying and undoing them, what changed, one person."""
