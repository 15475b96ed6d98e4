"""Reads switches, printers and other devices by SNMP, versions 2c and 3; asks, and never sets anything."""

from veilleur.engines.snmp.adapter import SnmpDevices

__all__ = ["SnmpDevices"]
