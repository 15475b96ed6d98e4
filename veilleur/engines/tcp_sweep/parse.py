"""Reads the system's table of neighbours. Pure."""

from veilleur.domains.estate.rules.sweep import card_of

_COMPLETE = 0x2


def neighbours(text: str) -> dict[str, str]:
    """Return the cards by their addresses, from /proc/net/arp; those that did not answer are left out."""
    rows = (line.split() for line in text.splitlines()[1:])
    found = {
        row[0]: card_of(row[3])
        for row in rows
        if len(row) == 6 and row[2].startswith("0x") and int(row[2], 16) & _COMPLETE
    }
    return {address: mac for address, mac in found.items() if mac}
