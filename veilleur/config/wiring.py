"""The only place where engines meet the ports of the domains, and where readers, jobs and formulas are listed."""
