"""What is made for a release beside the wheel and the sdist; see CONTRIBUTING.md."""
