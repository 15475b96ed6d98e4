"""Pure rules of journal: no clock, no database, no outside world."""
