"""One route takes a file; everywhere else one is refused at its first byte, before anything of it is kept.

What comes in goes to the file store, part by part, and never into memory or a folder that others look into.
"""

from typing import Any, NoReturn

from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from veilleur.config.permissions import ROUTE_PERMISSIONS
from veilleur.domains.knowledge.ports import FILE_LIMITS, FILE_STORE, Incoming
from veilleur.shared.viewer import Viewer

ROUTE = "knowledge:attach"
FIELD = "file"


class IncomingUpload(UploadedFile):  # type: ignore[type-arg]
    """A file that came with a form: what the store holds of it, under no name yet."""

    def __init__(self, content: Incoming, name: str) -> None:
        super().__init__(file=None, name=name, size=content.size_bytes)
        self.content = content

    def close(self) -> None:
        """Forget what was not kept: called at the end of each request."""
        self.content.discard()


class TakeOneFile(FileUploadHandler):
    """The only handler of files: Django's own would write what anybody sends to a temporary file."""

    _content: Incoming | None = None

    def new_file(self, *about: Any, **more: Any) -> None:
        """Open a place for the file of the one form that has one; refuse any other as it is announced."""
        super().new_file(*about, **more)
        if self.field_name != FIELD or self._content is not None or not _is_its_route(self.request):
            refuse()
        if not _may_send(self.request):
            # What comes next says so: the sign-in page, or that the role does not allow it.
            raise SkipFile
        self._most_bytes = FILE_LIMITS.get().file_bytes
        self._content = FILE_STORE.get().incoming()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take the next part; of what is too large, no more than shows that it is."""
        if self._content is not None and start <= self._most_bytes:
            self._content.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":  # noqa: ARG002 - Django's name
        """Return the file."""
        return None if self._content is None else IncomingUpload(self._content, self.file_name or "")

    def upload_interrupted(self) -> None:
        """Forget what came of a form that never ended."""
        if self._content is not None:
            self._content.discard()


def refuse() -> NoReturn:
    """Refuse the request."""
    raise BadRequest("this form takes no file")


def _is_its_route(request: HttpRequest | None) -> bool:
    try:
        return request is not None and resolve(request.path_info).view_name == ROUTE
    except Resolver404:
        return False


def _may_send(request: HttpRequest | None) -> bool:
    viewer: Viewer | None = getattr(request, "viewer", None)
    needed = ROUTE_PERMISSIONS[ROUTE].to_change
    return viewer is not None and needed is not None and viewer.may(needed)
