"""Prints HTML to PDF by WeasyPrint. Loaded only by those who print: its first import takes seconds."""
