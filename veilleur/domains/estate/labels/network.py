"""Why a machine or device was not read over the network, why a network is not looked at, as sentences."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from veilleur.domains.estate.rules.identity import Doubt
from veilleur.domains.estate.rules.reach import Reach
from veilleur.domains.estate.rules.sweep import SweepFault

# Why a machine or device was not read over the network.
REACH_REASONS: dict[str, Promise] = {
    Reach.NAME_UNKNOWN: _("No machine is known by this name: check how it is written."),
    Reach.NOT_REACHED: _("No way leads to this address from where Veilleur runs."),
    Reach.NOBODY_ANSWERS: _("The machine is there, but nothing answers at this port."),
    Reach.TIMED_OUT: _("Nothing came in time, and the reading was stopped."),
    Reach.OTHER_PROTOCOL: _("What answers there speaks another language than was asked."),
    Reach.HOST_KEY_CHANGED: _(
        "The server shows another key than the one that was confirmed: either it was set up anew, or"
        " something else answers in its place. Nothing was told to it."
    ),
    Reach.LOGIN_REFUSED: _("The login, the password or the key was refused."),
    Reach.KEY_UNREADABLE: _("This is no key, or it asks for a passphrase of its own."),
    Reach.TOO_MUCH: _("It says more than any honest machine does, and the reading was stopped."),
    Reach.BROKEN_OFF: _("The connection broke off before everything was read."),
    Reach.SILENT: _(
        "No answer: the device is off, SNMP is off there, it does not let this machine ask, or what is said"
        " to it (community, encryption password) is wrong. A device does not tell which."
    ),
    Reach.NO_VIEW: _("The device answers, but lets this community or user see nothing."),
    Reach.NO_COMMANDS: _("It is not a Linux system, or this account may run no commands there."),
}

# Why only a person can say which machine was read from afar.
DOUBTS_AFAR: dict[str, Promise] = {
    Doubt.ONE_SIGN: _(
        "A component of this name is known, and nothing else says that it is this machine. Call again with"
        " “--as” and its name, or with “--new”. Nothing was written."
    ),
    Doubt.CONTRADICTION: _(
        "Its signs name another component, or more than one: it may be a copy, or was set up anew. Call again"
        " with “--as” and a name, or with “--new”. Nothing was written."
    ),
}

# Why a network is not looked at, or why what came of it is not read.
SWEEP_FAULTS: dict[str, Promise] = {
    SweepFault.NO_RANGE: _("Name the addresses to look at, such as 192.168.1.0/24."),
    SweepFault.NOT_A_RANGE: _("This is no address and no range of addresses: write it like 192.168.1.0/24."),
    SweepFault.TOO_WIDE: _("These are more than 4,096 addresses, or more than 32 ranges: name smaller ones."),
    SweepFault.NOT_PRIVATE: _("These addresses are not kept for networks like yours: they may be others’."),
    SweepFault.FAILED: _("nmap failed to look at these addresses."),
    SweepFault.TIMED_OUT: _("It took too long and was stopped: name fewer addresses."),
    SweepFault.NOT_OF_NMAP: _("This is no file of nmap in XML, which “nmap -oX” writes."),
    SweepFault.ENTITIES: _("It declares entities, which no file of nmap needs."),
    SweepFault.TOO_LARGE: _("It is larger than what Veilleur takes."),
}
