"""Pure rules of recovery: no clock, no database, no outside world."""
