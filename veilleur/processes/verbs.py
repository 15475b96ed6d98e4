"""The words of the command line that start a process or look at the installation."""

from dataclasses import dataclass

from veilleur.config.words import gettext as _


@dataclass(frozen=True)
class Verb:
    """One word of the command line: the module whose `run(arguments)` does it."""

    module: str
    help: str
    needs_django: bool = True


def process_verbs() -> dict[str, Verb]:
    """Return these verbs in the order of the help."""
    place = "veilleur.processes"
    return {
        "up": Verb(f"{place}.up", _("start everything on this machine"), needs_django=False),
        "web": Verb(f"{place}.web", _("serve the pages alone"), needs_django=False),
        "work": Verb(f"{place}.work", _("do the background work alone")),
        "watch": Verb(f"{place}.watch", _("watch alone: probes and listeners")),
        "sign": Verb(f"{place}.sign", _("hold the keys alone"), needs_django=False),
        "doctor": Verb(f"{place}.doctor", _("say what is missing, and how to mend it"), needs_django=False),
    }
