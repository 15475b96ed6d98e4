"""Settings, routes and the only wiring of engines to the ports of the domains."""
