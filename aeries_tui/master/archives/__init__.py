"""End-of-year archives: making, listing, verifying, reading them."""
