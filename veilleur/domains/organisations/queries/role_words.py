"""A role and a side in words, for every row that bears them."""

from veilleur.domains.organisations.labels import ROLES, SIDES


class RoleWords:
    """What rows with these two codes have in common."""

    role: str
    side: str

    @property
    def role_word(self) -> str:
        """Return the role in the language of the page."""
        return str(ROLES[self.role])

    @property
    def side_word(self) -> str:
        """Return for whom the work is done, in the language of the page."""
        return str(SIDES[self.side])
