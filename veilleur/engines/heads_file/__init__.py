"""Keeps signed journal heads in a file elsewhere: a mounted share, a stick, another disk."""
