"""Keeps and finds words in the main database, through the connection and the transaction of the caller."""

from collections.abc import Sequence

from django.db import connection

from veilleur.domains.knowledge.rules.search import Asked
from veilleur.engines.full_text.commands import TABLE, postgresql_question, sqlite_question


class SqliteSearch:
    """FTS5, its rows numbered as documents are."""

    def put(self, organisation_id: int, document: int, title: Sequence[str], text: Sequence[str]) -> None:
        """Keep the words of a document instead of those it had."""
        self.drop(document)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {TABLE} (rowid, organisation, title, body) VALUES (%s, %s, %s, %s)",  # noqa: S608
                [document, organisation_id, " ".join(title), " ".join(text)],
            )

    def drop(self, document: int) -> None:
        """Forget a document."""
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE rowid = %s", [document])  # noqa: S608

    def find(self, organisation_id: int, words: Sequence[Asked], limit: int) -> list[int]:
        """Return documents, those that bear the words in their title first."""
        if not words:
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s AND organisation = %s"  # noqa: S608
                f" ORDER BY bm25({TABLE}, 10.0, 1.0), rowid LIMIT %s",
                [sqlite_question(words), organisation_id, limit],
            )
            return [row[0] for row in cursor.fetchall()]

    def known(self) -> dict[int, int]:
        """Return every document that it knows, with its organisation."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT rowid, organisation FROM {TABLE}")  # noqa: S608
            return dict(cursor.fetchall())


class PostgresqlSearch:
    """A `tsvector` of words that are folded already: the `simple` configuration changes nothing in them."""

    def put(self, organisation_id: int, document: int, title: Sequence[str], text: Sequence[str]) -> None:
        """Keep the words of a document instead of those it had."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {TABLE} (document, organisation, words) VALUES (%s, %s,"  # noqa: S608
                " setweight(to_tsvector('simple', %s), 'A') || setweight(to_tsvector('simple', %s), 'D'))"
                " ON CONFLICT (document) DO UPDATE SET organisation = EXCLUDED.organisation,"
                " words = EXCLUDED.words",
                [document, organisation_id, " ".join(title), " ".join(text)],
            )

    def drop(self, document: int) -> None:
        """Forget a document."""
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE document = %s", [document])  # noqa: S608

    def find(self, organisation_id: int, words: Sequence[Asked], limit: int) -> list[int]:
        """Return documents, those that bear the words in their title first."""
        if not words:
            return []
        question = postgresql_question(words)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT document FROM {TABLE}"  # noqa: S608
                " WHERE organisation = %s AND words @@ to_tsquery('simple', %s)"
                " ORDER BY ts_rank(words, to_tsquery('simple', %s)) DESC, document LIMIT %s",
                [organisation_id, question, question, limit],
            )
            return [row[0] for row in cursor.fetchall()]

    def known(self) -> dict[int, int]:
        """Return every document that it knows, with its organisation."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT document, organisation FROM {TABLE}")  # noqa: S608
            return dict(cursor.fetchall())
