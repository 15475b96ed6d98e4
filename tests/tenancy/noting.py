"""What views read from the address and from the form of a request, noted on the way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict


@dataclass
class Noted:
    """The keys that views read from the address and from the form during one request."""

    query: set[str] = field(default_factory=set)
    form: set[str] = field(default_factory=set)


NOTED = Noted()


class NotingQueryDict(QueryDict):
    """A QueryDict that notes which keys are read."""

    def __init__(self, original: QueryDict, notes: set[str]) -> None:
        super().__init__(mutable=True)
        for key, values in original.lists():
            self.setlist(key, values)
        self._notes = notes
        self._mutable = False

    def __getitem__(self, key: str) -> Any:
        self._notes.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        if hasattr(self, "_notes"):
            self._notes.add(str(key))
        return super().__contains__(key)

    def _getlist(self, key: str, default: Any = None, force_list: bool = False) -> Any:
        if hasattr(self, "_notes"):
            self._notes.add(key)
        return super()._getlist(key, default, force_list)


class NoteKeys:
    """Middleware, last before the view: notes what is read from the request."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        NOTED.query.clear()
        NOTED.form.clear()
        request.GET = NotingQueryDict(request.GET, NOTED.query)  # type: ignore[assignment]
        if request.method == "POST":
            request.POST = NotingQueryDict(request.POST, NOTED.form)  # type: ignore[assignment]
        return self.get_response(request)
