"""Keys and repository passwords: the recovery key's words, sealing, the store, its process and its client."""
