"""The library's sign-in page, which knows whether companies' accounts open anything here."""

from typing import Any

from allauth.account.views import LoginView

from veilleur.domains.organisations.queries.providers import how_many_doors


class SignInView(LoginView):  # type: ignore[misc]  # the library has no types
    """Asks for address and password, and offers the other ways in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the page shows."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"offers_company_account": bool(how_many_doors())}
