"""SQLite files: consistent copies of databases in use, their facts, and reading them back."""
