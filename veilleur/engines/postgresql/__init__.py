"""PostgreSQL: facts and dump of one instant, and a throw-away cluster to restore into."""
