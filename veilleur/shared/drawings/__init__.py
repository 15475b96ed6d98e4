"""Drawings as SVG text, made by the server and shared by page and PDF: shapes by class, never colours."""
