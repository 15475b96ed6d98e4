"""The one family of errors of this domain, each with a reason code that `labels.py` turns into a sentence."""


class BackupsError(Exception):
    """Something about backups could not be done."""


class EngineError(BackupsError):
    """An engine did not do what it was asked.

    `reason` is a code (see REASONS), `retry` says whether the same call may succeed later by itself, `detail`
    is the engine's own last words, for people who look closely; never a secret.
    """

    def __init__(self, reason: str, *, retry: bool, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.retry = retry
        self.detail = detail


class ProducerFailed(EngineError):
    """The program whose output was being backed up failed: nothing of that stream may be kept."""


class NoOwnData(EngineError):
    """What was restored holds other data than Veilleur's own."""


REASONS = frozenset(
    {
        "engine_missing",  # the program is not installed
        "engine_failed",  # an exit code or output that says nothing we know: counted as failure
        "engine_stopped",  # something outside ended the program, such as a machine without memory left
        "timed_out",
        "wrong_password",
        "no_repository",
        "repository_exists",  # there is already a repository there, made by somebody else
        "repository_locked",
        "repository_damaged",
        "repository_inside_source",
        "own_data_inside_source",  # the source lies in Veilleur's own data folder
        "place_missing",  # the folder of the backup place is not there (disk unplugged, share not mounted)
        "place_not_writable",
        "no_own_data",  # asked back from a repository that never had any
        "folder_absent",  # it would have to be made, and nobody has said that it may
        "place_not_absolute",
        "place_is_a_file",
        "place_taken",  # it lies inside another place or Veilleur's own data, or holds one of them
        "place_has_others",  # somebody's own files have the name of the repository
        "place_made_up",  # the system makes it up, or forgets it at its next restart
        "place_known",
        "place_name_taken",
        "place_not_empty",  # data would be overwritten
        "folder_not_empty",  # files of somebody else's lie where data would be laid out
        "disk_full",
        "path_too_long",
        "link_loop",  # a link leads back to itself
        "path_missing",  # what a person just typed, before a plan is made of it
        "path_unreadable",
        "not_this_machine",  # what is on it belongs to another organisation of this installation
        "source_missing",
        "source_unreadable",
        "source_empty",
        "folder_empty",  # what a person just typed
        "source_not_a_database",
        "source_damaged",  # the database's own check complains about the source, before any copying
        "row_too_large",  # reading it would take the memory of everything else
        "database_damaged",  # a database file that cannot be read through
        "producer_failed",
        "stream_cut",  # the engine stored another number of bytes than the producer wrote
        "snapshot_missing",
        "manifest_missing",
        "manifest_altered",  # its digest is not the one written in the journal
        "facts_differ",  # the restored data is not what was recorded at backup time
        "needs_credentials",
        "passfile_missing",
        "passfile_is_a_folder",
        "passfile_unreadable",
        "passfile_elsewhere",  # outside of the places that the operator allowed
        "passfile_foreign",  # another account's
        "passfile_any_host",  # its password would go to whatever server is named
        "weak_login",  # the server wants the password itself, or leaves TLS out
        "passfile_open",  # libpq ignores one that others may read
        "password_wanted",
        "password_refused",
        "login_refused",
        "no_such_database",
        "rights_missing",
        "password_in_source",  # a connection string with a password would be stored and shown
        "server_unreachable",
        "many_databases",  # more than are taken from one server at once
        "no_matching_postgresql",  # no server program of the same major version here
        "isolation_missing",  # the program that keeps a restored database apart is not installed
        "isolation_refused",  # the system does not let it
        "restore_failed",
        "start_failed",
        "password_lost",  # the process that holds the passwords holds none for this repository
        "key_unavailable",  # the process that holds the passwords does not answer
        "words_refused",  # the typed recovery key does not open the envelope
        "card_damaged",  # what says which repository a place holds cannot be read
        "words_forgotten",  # an hour has passed since they were typed, or their holder was started again
        "envelope_missing",
        "keys_unwritable",  # the process that holds them may not write into its folder
        "keys_unreadable",  # what it keeps was changed, or sealed under another key
        "password_withheld",  # a page asked, and only background work is given it
        "envelope_foreign",  # sealed to the recovery key by somebody who did not issue it
        "key_too_old",  # issued before envelopes were vouched for
        "place_being_made",  # somebody else makes one at this moment, and one is made at a time
        "busy",  # another run or test uses this repository now
        "interrupted",  # Veilleur itself stopped in the middle
        "nothing_to_protect",
        "protected_already",  # by another plan, in the same place
        "plan_name_taken",
        "plan_off",
        "plan_ended",
        "place_in_use",
        "rpo_too_short",
        "unstable_source",  # files changed while they were being read
    }
)
