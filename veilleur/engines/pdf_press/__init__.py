"""Prints HTML to PDF by WeasyPrint, in a child process: its library is large and slow to load."""
