"""Keeps contents outside the database, in a folder of Veilleur's own, named by their SHA-256."""

from veilleur.engines.file_store.adapter import FolderStore

__all__ = ["FolderStore"]
