"""Pure rules of organisations: no clock, no database, no outside world."""
