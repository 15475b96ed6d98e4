"""Static files under hashed names once collected, under their plain names until then (tests, first start)."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names files by their content, so that browsers may keep them for ever."""

    def stored_name(self, name: str) -> str:
        """Return the hashed name, or the plain one when nothing has been collected yet."""
        if not self.hashed_files:
            return str(self.clean_name(name))
        return str(super().stored_name(name))
