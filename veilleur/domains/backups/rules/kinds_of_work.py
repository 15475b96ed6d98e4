"""Names of the backups' background jobs, as they stand in the job table."""

BACK_UP_PLAN = "backups.back_up_plan"
TEST_RESTORE = "backups.test_restore"
KEEP_SCHEDULE = "backups.keep_schedule"
LOOK_AT_PLACES = "backups.look_at_places"
SEAL_ENVELOPES = "backups.seal_envelopes"
PROTECT_OWN_DATA = "backups.protect_own_data"
PROBE_SOURCES = "backups.probe_sources"
