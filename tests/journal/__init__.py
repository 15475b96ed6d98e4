"""The journal under processes: many writers and readers at once, and processes killed at any moment."""
