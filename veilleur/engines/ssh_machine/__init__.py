"""Reads Linux machines that have no agent, over SSH: by a pinned host key, and by a fixed list of commands
that change nothing.
"""

from veilleur.engines.ssh_machine.adapter import SshMachines

__all__ = ["SshMachines"]
