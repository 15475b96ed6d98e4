"""Reads the machine Veilleur runs on: its files under /etc, /proc and /sys, its package list and its sockets.

Works for an ordinary user, in a container and without systemd; what may not be read is said to be unread.
"""

from veilleur.engines.local_machine.adapter import LocalMachine

__all__ = ["LocalMachine"]
