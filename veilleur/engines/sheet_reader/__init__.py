"""Reads tables that people keep: Excel workbooks and CSV files, whatever is in them, as rows of text."""
