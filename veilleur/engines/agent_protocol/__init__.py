"""The protocol of the agents that the field already has, GLPI's and FusionInventory's, on the server's side.

What they send is anybody's: it is inflated within bounds, read without entities, and each field is taken or
left by itself.
"""

from veilleur.engines.agent_protocol.adapter import GlpiAgentProtocol

__all__ = ["GlpiAgentProtocol"]
