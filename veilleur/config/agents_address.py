"""Where agents report to: known to the web process, which knows no routes.

Agents use the address that they were given as it is, and these are those that they are given elsewhere.
"""

import re

# With its key in the address, or by a password at those that every such server has.
BY_KEY = "inventory/<str:key>"
BY_PASSWORD = (
    "inventory",
    "front/inventory.php",
    "plugins/fusioninventory",
    "plugins/glpiinventory",
    "marketplace/glpiinventory",
)
ADDRESS = re.compile(rf"/(?:inventory/[^/]+|{'|'.join(map(re.escape, BY_PASSWORD))})/?")
# Of one report as it is sent; inflated it may be larger, see the estate's rules.
MOST_SENT_BYTES = 24 << 20
# In the WSGI environment, by the web process: nothing of the body was taken yet, may this caller send one?
MAY_SEND = "veilleur.may_send"
