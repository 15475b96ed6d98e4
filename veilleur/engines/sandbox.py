"""Runs what came back from a copy apart from this machine: what a restored database makes run reaches its own
folder and nothing else. Engines' adapters put these words before a command (running.Command.wrapper).

bubblewrap makes the namespaces. What is not named here does not exist inside: no data folder, no home, no
network, no other process, no device but the harmless ones. `/proc` is left out too; where Veilleur runs as a
hardened service or in a container, the kernel refuses to mount it. Processes are counted, and so are bytes of
files in memory; where memory runs out, the kernel ends what is in here before anything else on this machine.
"""

from collections.abc import Sequence
from pathlib import Path

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.engines.running import Account, Command, find_program, run

_PROGRAM = "bwrap"
_FIRST_TO_END = ("choom", "--adjust", "1000", "--")  # of all that runs here, when memory runs out
# The service may send pings; bubblewrap cannot tell where such a right comes from, and does not run with it.
_WITHOUT_RIGHTS = ("setpriv", "--inh-caps=-all", "--ambient-caps=-all", "--")
# Said inside, where in a namespace of accounts its own processes alone are counted.
_BOUNDED = ("prlimit", "--nproc=512", "--core=0", "--")
_TEMPORARY_BYTES = "67108864"
_SHARED_MEMORY_BYTES = "268435456"  # PostgreSQL's parallel workers share theirs there
_QUICK_S = 60.0
NAMESPACES = ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts")
# On merged systems these are links into /usr.
_PROGRAM_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
# Names of accounts, time zone, where libraries lie: no secret stands in them.
_SETTINGS = ("passwd", "group", "nsswitch.conf", "ld.so.cache", "localtime", "timezone", "locale.alias")
_ROOT = Path("/")


def sandbox(own: Path, account: Account | None, programs: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return the words that run a command with `own` as the one folder it may write, under its own path.

    `account`: the one the command is lowered to inside, None to stay under ours. `programs` are folders to
    read besides those of the system. Raises isolation_missing, or isolation_refused where the system does not
    allow it or such a folder holds more than programs: nothing is ever run less apart.
    """
    for program in (_PROGRAM, _FIRST_TO_END[0], _WITHOUT_RIGHTS[0], _BOUNDED[0]):
        if find_program(program) is None:
            raise EngineError("isolation_missing", retry=False, detail=program)
    for folder in programs:
        if own.is_relative_to(folder):
            raise EngineError("isolation_refused", retry=False, detail=str(folder))
    words = (
        *_FIRST_TO_END,
        *_WITHOUT_RIGHTS,
        _PROGRAM,
        *NAMESPACES,
        "--die-with-parent",
        *_user_words(account),
        *_system_words(),
        *_memory_words(),
        *_folder_words("--ro-bind", [one for one in programs if not one.is_relative_to("/usr")]),
        *_folder_words("--bind", (own,)),
        "--",
        *_BOUNDED,
    )
    tried = run(Command(("true",), _QUICK_S, folder=own, account=account, wrapper=words))
    if tried.code:
        raise EngineError("isolation_refused", retry=False, detail=tried.errors.strip()[-500:])
    return words


def _user_words(account: Account | None) -> tuple[str, ...]:
    """Root needs no namespace of accounts, and keeps of its rights what lowering itself takes."""
    if account is None:
        return ("--unshare-user",)
    return ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")


def _system_words() -> tuple[str, ...]:
    words = ["--ro-bind", "/usr", "/usr"]
    local = _ROOT / "usr/local"
    if local.is_dir() and not local.is_symlink():
        words += ["--tmpfs", str(local), "--remount-ro", str(local)]  # a company's own scripts and settings
    for name in _PROGRAM_FOLDERS:
        folder = _ROOT / name
        if folder.is_symlink():
            words += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            words += ["--ro-bind", str(folder), str(folder)]
    words += ["--dir", "/etc"]
    for name in _SETTINGS:
        words += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    return tuple(words)


def _memory_words() -> tuple[str, ...]:
    """Harmless devices and two folders in memory, nothing else of which can be written."""
    return (
        *("--dev", "/dev"),
        *("--perms", "1777", "--size", _SHARED_MEMORY_BYTES, "--tmpfs", "/dev/shm"),  # noqa: S108 - its own
        *("--remount-ro", "/dev"),
        *("--perms", "1777", "--size", _TEMPORARY_BYTES, "--tmpfs", "/tmp"),  # noqa: S108 - likewise
    )


def _folder_words(how: str, folders: Sequence[Path]) -> tuple[str, ...]:
    """Bind folders under their own path. The folders above are made by name: else only root may pass them."""
    words: list[str] = []
    for folder in folders:
        for above in reversed(folder.parents[:-1]):
            words += ["--dir", str(above)]
        words += [how, str(folder), str(folder)]
    return tuple(words)
