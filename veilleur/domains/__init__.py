"""The domains, one Django app each. A later one may import an earlier one, never the reverse."""
