"""Looks at a network by itself, where nmap is not installed: plain connections, few and slow."""

from veilleur.engines.tcp_sweep.adapter import TcpSweep

__all__ = ["TcpSweep"]
