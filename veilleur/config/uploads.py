"""No form takes files: one that is sent is refused at its first byte, before anything of it is kept."""

from typing import NoReturn

from django.core.exceptions import BadRequest
from django.core.files.uploadhandler import FileUploadHandler


class RefuseFiles(FileUploadHandler):
    """The only handler of files: Django's own would write what anybody sends to a temporary file."""

    def new_file(self, *_about: object, **_more: object) -> NoReturn:
        """Refuse a file as soon as it is announced."""
        raise BadRequest("no form takes files")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> NoReturn:  # noqa: ARG002 - Django's names
        """Never reached: `new_file` has refused."""
        raise BadRequest("no form takes files")

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002 - Django's name
        """Return no file."""
        return
