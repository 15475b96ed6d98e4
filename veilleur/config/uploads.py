"""Two routes take a file; everywhere else one is refused at its first byte, before anything of it is kept.

What is attached to a document goes to the file store, part by part, and never into memory or a folder that
others look into. A list of machines is no larger than a form, and stays in memory until it is read.
"""

from io import BytesIO
from typing import Any, NoReturn

from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from veilleur.config.permissions import ROUTE_PERMISSIONS
from veilleur.domains.knowledge.ports import FILE_LIMITS, FILE_STORE, Incoming
from veilleur.shared.viewer import Viewer

ROUTE = "knowledge:attach"
LIST_ROUTE = "desk:bring_list"
MOST_LIST_BYTES = 1024 * 1024
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
    _list: BytesIO | None = None

    def new_file(self, *about: Any, **more: Any) -> None:
        """Open a place for the file of the one form that has one; refuse any other as it is announced."""
        super().new_file(*about, **more)
        route = _route_of(self.request)
        is_second = self._content is not None or self._list is not None
        if self.field_name != FIELD or is_second or route not in (ROUTE, LIST_ROUTE):
            refuse()
        if not _may_send(self.request, route):
            # What comes next says so: the sign-in page, or that the role does not allow it.
            raise SkipFile
        if route == LIST_ROUTE:
            self._most_bytes, self._list = MOST_LIST_BYTES, BytesIO()
            return
        self._most_bytes = FILE_LIMITS.get().file_bytes
        self._content = FILE_STORE.get().incoming()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take the next part; of what is too large, no more than shows that it is."""
        taken = self._content or self._list
        if taken is not None and start <= self._most_bytes:
            taken.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        """Return the file."""
        if self._list is not None:
            self._list.seek(0)
            return InMemoryUploadedFile(self._list, FIELD, self.file_name, None, file_size, None)
        return None if self._content is None else IncomingUpload(self._content, self.file_name or "")

    def upload_interrupted(self) -> None:
        """Forget what came of a form that never ended."""
        if self._content is not None:
            self._content.discard()


def refuse() -> NoReturn:
    """Refuse the request."""
    raise BadRequest("this form takes no file")


def _route_of(request: HttpRequest | None) -> str:
    try:
        return "" if request is None else resolve(request.path_info).view_name
    except Resolver404:
        return ""


def _may_send(request: HttpRequest | None, route: str) -> bool:
    viewer: Viewer | None = getattr(request, "viewer", None)
    needed = ROUTE_PERMISSIONS[route].to_change
    return viewer is not None and needed is not None and viewer.may(needed)
