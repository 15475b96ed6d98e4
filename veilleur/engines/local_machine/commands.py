"""Argument tuples of the two programs this engine runs. Pure."""

# One line per package, tab separated; the status says whether it is really installed.
LIST_PACKAGES = (
    "dpkg-query",
    "--show",
    "--showformat=${db:Status-Abbrev}\\t${Package}\\t${Architecture}\\t${Version}\\n",
)

# Debian's and Ubuntu's list of PostgreSQL clusters, running or not.
LIST_POSTGRESQL_CLUSTERS = ("pg_lsclusters", "--json")
