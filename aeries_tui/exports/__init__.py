"""What leaves the District Master as files: the staff and student file of an import, OneRoster bundles."""
