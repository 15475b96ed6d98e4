"""Words for the codes of this domain: states, media, levels of proof, and why something could not be done."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from veilleur.domains.backups.facts import PlanSwitched, SourceAccessChanged
from veilleur.domains.backups.rules.states import AccessState, Medium, RunState, SourceKind, TestState


class SourceKindChoice(models.TextChoices):
    """How the data is read."""

    OWN_DATA = SourceKind.OWN_DATA.value, _("Veilleur's own data")
    FILES = SourceKind.FILES.value, _("Folders and files")
    SQLITE = SourceKind.SQLITE.value, _("SQLite database")
    POSTGRESQL = SourceKind.POSTGRESQL.value, _("PostgreSQL database")


class RunStateChoice(models.TextChoices):
    """Where a backup run stands."""

    RUNNING = RunState.RUNNING.value, _("Running")
    COMPLETE = RunState.COMPLETE.value, _("Complete")
    PARTIAL = RunState.PARTIAL.value, _("Partial")
    FAILED = RunState.FAILED.value, _("Failed")
    INTERRUPTED = RunState.INTERRUPTED.value, _("Interrupted")


class TestStateChoice(models.TextChoices):
    """Where a restore test stands."""

    __test__ = False

    RUNNING = TestState.RUNNING.value, _("Running")
    PASSED = TestState.PASSED.value, _("Passed")
    FAILED = TestState.FAILED.value, _("Failed")
    SKIPPED = TestState.SKIPPED.value, _("Could not run")
    INTERRUPTED = TestState.INTERRUPTED.value, _("Interrupted")


class MediumChoice(models.TextChoices):
    """What holds a backup place."""

    MEMORY = Medium.MEMORY.value, _("Memory of this machine")
    SAME_DISK = Medium.SAME_DISK.value, _("Same disk as the data")
    OTHER_DISK = Medium.OTHER_DISK.value, _("Another disk of the same machine")
    NETWORK = Medium.NETWORK.value, _("Network share held by another machine")


class AccessChoice(models.TextChoices):
    """Whether a source can be read."""

    READABLE = AccessState.READABLE.value, _("Readable")
    NEEDS_CREDENTIALS = AccessState.NEEDS_CREDENTIALS.value, _("Unknown until credentials are given")
    UNREACHABLE = AccessState.UNREACHABLE.value, _("Does not answer")
    UNKNOWN = AccessState.UNKNOWN.value, _("Not tried yet")


PROTECTION_OF_MEDIUM: dict[str, Promise] = {
    Medium.MEMORY: _(
        "This place is in the memory of this machine: everything in it is gone at the next restart. It is no "
        "protection at all."
    ),
    Medium.SAME_DISK: _(
        "This place is on the same disk as the data: it brings back a deleted file, but it is no protection "
        "against the loss of the disk or of the machine."
    ),
    Medium.OTHER_DISK: _(
        "This place is on the same machine: it survives the loss of one disk, but it is no protection "
        "against the loss of the machine."
    ),
    Medium.NETWORK: _("This place is held by another machine: it survives the loss of this one."),
}

LEVELS: dict[int, Promise] = {
    0: _("Nothing proven: the job said that it went well"),
    1: _("The copy is there, fresh and of a plausible size"),
    2: _("The structure of the repository was checked"),
    3: _("Every byte of the repository was read"),
    4: _("A sample was restored and compared with the facts recorded at backup time"),
    5: _("Everything was restored, compared file by file and timed"),
    6: _("Everything was restored, the database was started on it and every table is as recorded"),
    7: _("A group of services was restarted in order and checked by a person"),
}

PHASES: dict[str, Promise] = {
    "record": _("Recording what is there…"),
    "store": _("Storing…"),
    "fetch": _("Fetching the copy…"),
    "check": _("Checking the repository…"),
    "verify": _("Comparing, fact by fact…"),
}

REASONS: dict[str, Promise] = {
    "engine_missing": _("The backup program is not installed on this machine."),
    "engine_failed": _("The backup program failed for a reason that Veilleur does not know."),
    "engine_stopped": _(
        "Something outside of Veilleur stopped the backup program: most often a machine without memory left."
    ),
    "timed_out": _("The work took longer than its time limit and was stopped."),
    "wrong_password": _("The password that Veilleur holds does not open this repository."),
    "no_repository": _("There is no repository in the backup place any more."),
    "repository_exists": _("There is already another repository in this folder."),
    "repository_locked": _("Another program is using the repository."),
    "repository_damaged": _(
        "The repository is damaged: some of what it holds can no longer be read. Backing up again does not "
        "mend it: make another place for this data, or have the repository repaired."
    ),
    "repository_inside_source": _(
        "The backup place lies inside the data to protect, or the other way round."
    ),
    "own_data_inside_source": _(
        "This is Veilleur's own data, with that of every organisation: a plan of its own protects it."
    ),
    "place_missing": _(
        "The backup place is not there: a disk that is unplugged, a share that is not mounted."
    ),
    "place_not_writable": _("Veilleur may not write to the backup place."),
    "place_taken": _(
        "This folder lies inside another backup place or inside Veilleur's own data, or holds one of them. "
        "Choose a folder of its own."
    ),
    "place_is_a_file": _("That is a file. Choose a folder."),
    "place_has_others": _(
        "In this folder lies “repository” or “repository.new” with other content, of which nothing was "
        "touched. Rename it, or choose another folder."
    ),
    "place_made_up": _(
        "What lies there is made up by the system or gone at its next restart: choose a folder on a disk or "
        "a share."
    ),
    "link_loop": _("A link in this path leads back to itself: there is nothing behind it."),
    "place_known": _("This folder is a backup place already."),
    "place_name_taken": _("Another place bears this name: copies could not be told apart."),
    "place_not_absolute": _("Give the whole path of the folder, starting with a slash."),
    "place_not_empty": _("There is already data of Veilleur in this folder: nothing was overwritten."),
    "folder_not_empty": _(
        "The folder for the new data is not empty, and nothing in it was touched. Name a new folder, or an "
        "empty one."
    ),
    "disk_full": _("The disk is full."),
    "source_missing": _("Data that should be protected is not where it was."),
    "source_unreadable": _("Part of the data could not be read."),
    "source_empty": _("There was nothing to back up: the source is empty."),
    "source_not_a_database": _("This file is not a SQLite database."),
    "source_damaged": _(
        "The database's own check finds damage in the original: mend it before anything else."
    ),
    "row_too_large": _(
        "A row of this SQLite database is larger than the 128 MB that Veilleur reads: the database was not "
        "copied. Take large content out of it, or stop what writes to it and protect a dump as a file."
    ),
    "database_damaged": _("The database file is damaged and cannot be read through."),
    "producer_failed": _("The program that writes out the database failed: nothing of it was kept."),
    "stream_cut": _("Fewer bytes were stored than the database wrote out: nothing of it was kept."),
    "snapshot_missing": _("The copy is no longer in the repository."),
    "manifest_missing": _("The facts recorded at backup time are no longer there."),
    "manifest_altered": _(
        "The facts recorded at backup time were altered: their digest is not the one in the journal."
    ),
    "test_failed": _("Its last restore test failed."),
    "facts_differ": _("What came back is not what was recorded at backup time."),
    "needs_credentials": _("The database cannot be read yet: unknown until credentials are given."),
    "password_in_source": _(
        "Take the password out of the connection string and put it into a password file."
    ),
    "server_unreachable": _("The database server does not answer."),
    "many_databases": _(
        "The server holds too many databases to take them all at once: name the one to be protected."
    ),
    "no_matching_postgresql": _("No PostgreSQL of the same major version is installed here to restore into."),
    "isolation_missing": _(
        "A database is restored only where it can reach nothing else of this machine: install bubblewrap "
        "(apt-get install bubblewrap)."
    ),
    "isolation_refused": _(
        "A database is restored only where it can reach nothing else of this machine: the system does not "
        "let bubblewrap keep it apart."
    ),
    "restore_failed": _("The copy could not be brought back whole."),
    "start_failed": _("The throw-away database server did not start."),
    "key_unavailable": _(
        "The process that holds the passwords does not answer. It runs with Veilleur: “veilleur up” starts "
        "both."
    ),
    "password_lost": _(
        "Veilleur no longer holds the password of this repository: put the folder of its keys back, or bring "
        "Veilleur back with the recovery key (“veilleur self-restore”)."
    ),
    "words_refused": _("The recovery key that was typed does not open the envelope."),
    "words_forgotten": _(
        "The words of the recovery key were typed too long ago, or Veilleur was restarted since: type them "
        "back again."
    ),
    "words_count": _("The recovery key has twelve words; not as many were typed."),
    "word_unknown": _("One of these words is in no recovery key: look for a slip of the pen."),
    "words_checksum": _("These words do not belong together: one is wrong or two are swapped."),
    "other_key": _("These words are a recovery key, but they do not open this envelope."),
    "card_damaged": _(
        "The card beside the repository, which says what it is, is damaged or was changed: put back the one "
        "of another copy of this folder."
    ),
    "keys_unwritable": _("The process that holds the keys cannot write into its folder."),
    "keys_unreadable": _(
        "Something in the folder of the keys was changed or damaged: the log of “veilleur sign” names it."
    ),
    "password_withheld": _(
        "This place was in use before, and its repository is gone: pages are not given its password to make "
        "it again. Choose another folder."
    ),
    "envelope_missing": _("The sealed envelope is not beside the repository."),
    "envelope_damaged": _("The sealed envelope beside the repository is damaged or was changed."),
    "envelope_foreign": _(
        "The sealed envelope was not written by the Veilleur that issued this recovery key: somebody else "
        "has put it there. Do not trust what lies in this place."
    ),
    "key_too_old": _(
        "The recovery key is one of an earlier Veilleur, which seals no envelope any more: issue a new one."
    ),
    "plan_name_taken": _("Another plan is called that already."),
    "folder_absent": _("This folder does not exist."),
    "no_own_data": _("No copy in this repository holds Veilleur's own data."),
    "place_being_made": _("Another backup place is being made at this moment: try again in a minute."),
    "busy": _("Another run or test is using this repository."),
    "interrupted": _("Veilleur stopped in the middle; the work is taken up again."),
    "nothing_to_protect": _("This plan protects nothing."),
    "rpo_too_short": _(
        "No schedule of backups can keep this promise: another means is needed, such as a replica."
    ),
    "unstable_source": _(
        "Files changed while they were being read, or are SQLite databases in use; they are marked and prove "
        "nothing. Protect such a database as one: give its own path."
    ),
    "no_plan": _("No plan protects this data."),
    "never_run": _("A plan exists, but it has never run to its end."),
    "plan_off": _("The plan is switched off: no new copy is made."),
    "plan_ended": _("Its plan was ended: no new copy is made."),
    "protected_already": _("Another plan puts this data into this place already."),
    "name_missing": _("Give it a name."),
    "data_in_plan": _("A plan still copies this data. End that plan first."),
    "place_in_use": _("A plan still puts copies into this place. End that plan first."),
    "path_too_long": _("This path, or a name in it, is longer than this machine allows."),
    "folder_empty": _("There is nothing in this folder: a share that is not mounted, or not the right one."),
    "path_missing": _("There is no such folder or file on this machine."),
    "not_this_machine": _(
        "The machine Veilleur runs on is not in your estate: what can be read from it is not yours to copy."
    ),
    "path_unreadable": _("Veilleur may not read it: give the account it runs under the right to."),
    "passfile_missing": _("There is no such password file on this machine."),
    "passfile_is_a_folder": _("That is a folder. Name the password file in it."),
    "passfile_unreadable": _("Veilleur may not read this password file."),
    "passfile_elsewhere": _(
        "Password files are read in these places only: move it there, or have its folder allowed by the "
        "setting VEILLEUR_PASSFILE_DIRS."
    ),
    "passfile_foreign": _(
        "This password file belongs to another account than the one Veilleur runs under: give it to that one."
    ),
    "passfile_any_host": _(
        "A line of this password file is for any host (*): write the server into it, so that its password "
        "goes to no other one."
    ),
    "weak_login": _(
        "Veilleur shows no server a password: have this one ask by scram-sha-256 (and, if it is on another "
        "machine, over TLS), then set the login's password anew."
    ),
    "passfile_open": _(
        "Other accounts may read this password file, so PostgreSQL ignores it: set its mode to 0600."
    ),
    "password_wanted": _(
        "The server asks for a password, and no line of a password file fits this host, port, database and "
        "login."
    ),
    "password_refused": _("The server refuses this login: its password is another, or it does not exist."),
    "login_refused": _("The server answers, but does not let this login in from here."),
    "no_such_database": _("The server lets this login in, but has no such database for it."),
    "rights_missing": _("This login may not read everything; what it may not read would be missing."),
}

REMARKS: dict[str, Promise] = {
    "amcheck_passed": _("Every index was compared with its table."),
    "amcheck_unavailable": _("The indexes were not compared with their tables: that extension is not here."),
    "roles_restored": _("The roles of the server were restored with it."),
    "roles_not_restored": _("The roles of the server could not be read and are not in the copy."),
    "sandbox": _("The restored database could reach nothing of this machine and no network."),
    "no_network": _("The restored database could reach no network."),
    "private_folder": _("The restored files lay in a private folder, wiped afterwards."),
    "no_listener": _("The restored database listened on no address."),
}

DIFFERENCES: dict[str, Promise] = {
    "missing": _("missing"),
    "changed": _("not as recorded"),
    "unexpected": _("was not there at backup time"),
}

# What the journal's page says of each kind of fact.
FACTS: dict[str, Promise] = {
    "backups.repository_added": _("A backup place was added."),
    "backups.repository_retired": _("A backup place was retired."),
    "backups.repository_reopened": _("A retired backup place is used again."),
    "backups.plan_made": _("A backup plan was made."),
    "backups.plan_switched": _("A backup plan was switched on or off."),
    "backups.plan_rhythm_changed": _("A backup plan has another rhythm."),
    "backups.plan_renamed": _("A backup plan has another name."),
    "backups.plan_ended": _("A backup plan was ended."),
    "backups.source_named": _("Somebody said how a database is reached."),
    "backups.source_access_changed": _("A database can be read, or no longer."),
    "backups.run_ended": _("A backup ran."),
    "backups.restore_test_ended": _("A restore was tested."),
    "backups.points_removed": _("Old copies were removed, as retention says."),
    "backups.retention_failed": _("Old copies could not be removed."),
    "backups.retention_works_again": _("Old copies can be removed again."),
    "backups.recovery_key_issued": _("A recovery key was issued."),
    "backups.recovery_key_typed_back": _("The recovery key was typed back from its kept copy."),
    "backups.recovery_key_tested_alone": _("A restore worked with the recovery key alone."),
}


def fact_sentence(fact: object) -> Promise | None:
    """Return the sentence that fits what a fact says; None where that of its kind fits all of them."""
    if isinstance(fact, PlanSwitched):
        return (
            _("A backup plan was switched on again.") if fact.is_on else _("A backup plan was switched off.")
        )
    if isinstance(fact, SourceAccessChanged):
        is_readable = fact.state == AccessState.READABLE
        return _("A database can be read.") if is_readable else _("A database cannot be read.")
    return None


def reason_with(code: str, detail: str) -> str:
    """Return the sentence for a reason code, with what it is about in brackets before its full stop."""
    sentence = str(reason_sentence(code))
    return f"{sentence.removesuffix('.')} ({detail})." if detail else sentence


def reason_sentence(code: str) -> Promise | str:
    """Return the sentence for a reason code; the code itself when it is unknown, never nothing."""
    return REASONS.get(code, code)
