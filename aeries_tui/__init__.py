"""Pull a school district's roster out of Aeries, safely, every day."""

__version__ = "0.1.0"
