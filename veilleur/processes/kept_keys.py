"""Whether an installation that sealed something with its keys still has them. `up` asks before it starts."""

from veilleur.config.env import Environment
from veilleur.config.keys import require_keys
from veilleur.domains.backups.queries import recovery_key_state, whole_repositories
from veilleur.domains.organisations.queries import whole_organisations


def check(settings: Environment) -> None:
    """Raise Failure if the database knows places or a recovery key, and the keys to them are gone: the
    process that holds the keys would make new ones, which open nothing.
    """
    organisations = whole_organisations(with_demo=False)
    require_keys(settings, are_expected=any(_has_sealed(each.pk) for each in organisations))


def _has_sealed(organisation_id: int) -> bool:
    is_issued = recovery_key_state(organisation_id).issued_at is not None
    return is_issued or bool(whole_repositories(organisation_id))
