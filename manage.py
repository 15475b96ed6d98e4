#!/usr/bin/env python
"""Django's own commands: `veilleur manage …` does the same from anywhere."""

import sys

from veilleur.processes.cli import main

if __name__ == "__main__":
    sys.exit(main(["manage", *sys.argv[1:]]))
