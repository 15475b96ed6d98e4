"""Probes targets from one asyncio loop and keeps the results in a durable spool of its own."""

from veilleur.engines.probe.prober import LocalProber
from veilleur.engines.probe.spool import SqliteSpool
from veilleur.engines.probe.tls import HandshakeFinder
from veilleur.engines.probe.watchman import LoopWatchman

__all__ = ["HandshakeFinder", "LocalProber", "LoopWatchman", "SqliteSpool"]
