"""Veilleur keeps watch over a company's servers and proves that they can be restored."""
