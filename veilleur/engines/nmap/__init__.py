"""Looks at a network by nmap, where it is installed, and reads files that nmap wrote elsewhere."""

from veilleur.engines.nmap.adapter import Nmap, NmapFiles

__all__ = ["Nmap", "NmapFiles"]
