"""Full-text search by the database itself: FTS5 on SQLite, a `tsvector` on PostgreSQL."""

from veilleur.engines.full_text.adapter import PostgresqlSearch, SqliteSearch

__all__ = ["PostgresqlSearch", "SqliteSearch"]
