"""What is asked of a directory: attributes and filters, by the kind of directory."""

from veilleur.domains.organisations.rules.directory import Kind
from veilleur.domains.organisations.rules.distinguished_names import escaped

ANYTHING = "(objectClass=*)"
# Microsoft's rule by which a server itself follows groups within groups (MS-ADTS 3.1.1.3.4.4.3).
_IN_CHAIN = "1.2.840.113556.1.4.1941"

PERSON_ATTRIBUTES = {
    Kind.ACTIVE_DIRECTORY: (
        "objectGUID",
        "mail",
        "userPrincipalName",
        "displayName",
        "cn",
        "userAccountControl",
        "accountExpires",
    ),
    # Operational ones, such as entryUUID, come only where they are named.
    Kind.OPENLDAP: ("entryUUID", "mail", "displayName", "cn", "uid", "pwdAccountLockedTime", "nsAccountLock"),
}
PERSON_FILTERS = {
    Kind.ACTIVE_DIRECTORY: "(&(objectCategory=person)(objectClass=user))",
    Kind.OPENLDAP: "(objectClass=inetOrgPerson)",
}
GROUP_ATTRIBUTES = ("member", "uniqueMember", "memberUid")
GROUP_SID = ("objectSid",)
GROUPS = (
    "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=groupOfMembers)"
    "(objectClass=groupOfEntries)(objectClass=posixGroup))"
)


def person_filter(kind: Kind, own: str) -> str:
    """Return the filter of persons: the organisation's own, or the usual one of this kind of directory."""
    return own or PERSON_FILTERS[kind]


def members_filter(persons: str, group_dn: str, group_rid: int | None) -> str:
    """Return the filter of all persons in a group of an Active Directory, by groups within groups too.

    A person's primary group, usually "Domain Users", has them without naming them: they name it, by the
    last part of its identifier.
    """
    by_name = f"(memberOf:{_IN_CHAIN}:={escaped(group_dn)})"
    if group_rid is None:
        return f"(&{persons}{by_name})"
    return f"(&{persons}(|{by_name}(primaryGroupID={group_rid})))"
