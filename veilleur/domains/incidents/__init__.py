"""Incidents and requests: one intake, roles, service clocks, on-hold time, reviews and recurrence."""
