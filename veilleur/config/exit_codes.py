"""What the exit code of every command says. Above 63 something kept the command from answering (sysexits)."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The stable exit codes; `docs/reference/exit-codes.md` is generated from them."""

    OK = 0
    BAD = 1
    UNKNOWN = 2
    USAGE = 64
    UNAVAILABLE = 69
    SOFTWARE = 70
    CANNOT_CREATE = 73
    INPUT_OUTPUT = 74
    TRY_AGAIN = 75
    NO_PERMISSION = 77
    CONFIGURATION = 78


MEANINGS = {
    ExitCode.OK: "Done; or the answer is good, or to watch.",
    ExitCode.BAD: "The answer is bad, or what was asked was refused.",
    ExitCode.UNKNOWN: "The answer is unknown: there is no fresh evidence.",
    ExitCode.USAGE: "The command line could not be understood.",
    ExitCode.UNAVAILABLE: "A program or a server that is needed is missing or does not answer.",
    ExitCode.SOFTWARE: "An error of Veilleur itself; `--debug` shows where.",
    ExitCode.CANNOT_CREATE: "Writing failed: the disk is full, or a file is where a folder is needed.",
    ExitCode.INPUT_OUTPUT: "Reading or writing failed, or the database is damaged.",
    ExitCode.TRY_AGAIN: "Something is in use: another Veilleur, the port, the database.",
    ExitCode.NO_PERMISSION: "A file or folder may not be read or written by this account.",
    ExitCode.CONFIGURATION: (
        "A setting is broken, or a data folder holds no Veilleur, or lacks its keys or its database."
    ),
}
