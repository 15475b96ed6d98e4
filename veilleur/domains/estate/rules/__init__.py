"""Pure rules of estate: no clock, no database, no outside world."""
