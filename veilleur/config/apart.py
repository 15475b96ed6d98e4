"""Whether this machine lets restored databases run apart from everything else. For `veilleur doctor`, which
works without wiring.
"""

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.engines.postgresql.cluster import try_apart


def problem_of_keeping_apart() -> str | None:
    """Return what the system says when a sandbox is tried, None when it works."""
    try:
        try_apart()
    except EngineError as error:
        return error.detail or error.reason
    return None
