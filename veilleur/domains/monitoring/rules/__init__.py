"""Pure rules of monitoring: no clock, no database, no outside world."""
