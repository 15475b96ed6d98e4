"""Pure rules of backups: no clock, no database, no outside world."""
