"""The stages of a pull in their order: connect, fetch, check, guard, files; applying is the Master's."""
