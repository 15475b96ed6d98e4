"""Directories by LDAP: Active Directory, OpenLDAP and their like. Read whole or not at all, never written."""

from veilleur.engines.ldap_directory.adapter import LdapDirectory, Patience

__all__ = ["LdapDirectory", "Patience"]
