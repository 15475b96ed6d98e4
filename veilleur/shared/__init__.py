"""Words of no domain: the clock, intervals, service hours, identities, base tables and page filters."""
