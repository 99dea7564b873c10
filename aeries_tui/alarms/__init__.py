"""Alarms after a pull, the verdict for monitors, and the Prometheus textfile; counts and codes, never names."""
