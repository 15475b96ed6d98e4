"""The visible list of alerting stages with their stored reasons, acknowledgement, the only escalation engine
and on-call paging.
"""
