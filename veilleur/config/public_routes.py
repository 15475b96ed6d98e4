"""The routes that answer without a sign-in, each with its reason. Everything else is refused by default."""

from veilleur.config.agents_address import BY_PASSWORD

_AGENTS = "agents have no account: the key of an organisation lets them report, and shows them nothing"

# Route name -> why nobody needs to be signed in. A test walks all routes and holds this list to its word.
PUBLIC_ROUTES: dict[str, str] = {
    "account_login": "one cannot be signed in before signing in",
    "account_logout": "signing out twice must not ask to sign in",
    "mfa_authenticate": "the second step of signing in: the session says who has done the first",
    "mfa_login_webauthn": "a passkey is a way of signing in",
    "desk:language": "the sign-in page is read in either language; nothing is shown or changed but a cookie",
    "organisations:company_account": "a company’s account is a way of signing in",
    "organisations:company_door": "the same, for whoever knows the company’s own address",
    "organisations:company_answer": "the way back from it; the session says who began there",
    "organisations:join": "somebody new has no account yet; the token is the right to make one",
    "agent_report": _AGENTS,
    "agent_report_slash": _AGENTS,
    **{
        f"agent_report_{number}{end}": _AGENTS for number in range(len(BY_PASSWORD)) for end in ("", "_slash")
    },
    "organisations:setup": "the first person has no account yet; the token is the right to make one",
}
