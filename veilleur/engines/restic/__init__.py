"""restic: encrypted, deduplicated copies in a folder. Driven from 0.14 (Debian 12) on."""
