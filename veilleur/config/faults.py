"""Sentences for broken settings: reason codes of `config/env.py` in the terminal's language."""

from veilleur.config.words import gettext as _
from veilleur.shared.readable import readable


def _sentences() -> dict[str, str]:
    return {
        "relative_path": _("{name} must be an absolute path, starting with “/”; it is “{value}”."),
        "unknown_database": _(
            "{name} must start with postgresql:// or sqlite:///, or be empty for SQLite in the data folder."
        ),
        "broken_url": _("{name} is no whole URL: its host or its port cannot be read."),
        "control_characters": _("{name} holds characters that cannot be shown: “{value}”."),
        "no_mail_server": _("{name} must be written smtp://host or smtps://host; a password may be in it."),
        "mail_without_server": _("{name} needs VEILLEUR_MAIL_URL and VEILLEUR_MAIL_FROM."),
        "no_host_name": _("{name} must name at least one host, for example veilleur.example.com."),
        "unknown_language": _("{name} must be fr or en; it is “{value}”."),
        "unknown_zone": _("{name} must be a time zone such as Europe/Paris; “{value}” is none."),
        "unreadable_file": _("{name} names a file that cannot be read: {value}."),
        "folder_for_a_file": _("{name} must name a file; {value} is a folder."),
        "half_of_tls": _("VEILLEUR_TLS_CERTIFICATE and VEILLEUR_TLS_KEY must be given together."),
        "needs_tls": _(
            "{name} opens the pages to other machines, which needs TLS: "
            "give VEILLEUR_TLS_CERTIFICATE and VEILLEUR_TLS_KEY, or leave it at 127.0.0.1."
        ),
        "debug_in_reach": _("{name} may only be on while the pages listen on 127.0.0.1."),
        "unknown_account": _("{name} names an account that this machine does not have: {value}."),
        "int_parsing": _("{name} must be a whole number; it is “{value}”."),
        "greater_than_equal": _("{name} is too small: {value}."),
        "less_than_equal": _("{name} is too large: {value}."),
        "bool_parsing": _("{name} must be true or false; it is “{value}”."),
    }


def sentence(name: str, reason: str, value: str) -> str:
    """Return what is wrong with a setting and what to write instead."""
    known = _sentences().get(reason) or _("{name} cannot be used with the value “{value}” ({reason}).")
    return known.format(name=name, value=readable(value), reason=reason)
