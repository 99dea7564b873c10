"""One person, asked of Aeries and judged as a pull would judge them."""
