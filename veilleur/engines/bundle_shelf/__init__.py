"""Keeps offline bundles in folders: whole or not at all, beside Veilleur and in the chosen places."""
