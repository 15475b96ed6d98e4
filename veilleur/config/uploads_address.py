"""Where the one form that takes a file is sent to: known to the web process, which knows no routes."""

import re

ADDRESS = re.compile(r"/documents/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/files/add/")
