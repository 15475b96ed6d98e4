"""What the process that holds the keys says instead of an answer."""


class Unanswerable(Exception):
    """A request that cannot be answered. `reason` is a code for the client, never holding a secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
