"""Argument tuples of the programs this engine runs. Pure."""

# One line per package, tab separated; the status says whether it is really installed.
LIST_PACKAGES = (
    "dpkg-query",
    "--show",
    "--showformat=${db:Status-Abbrev}\\t${Package}\\t${Architecture}\\t${Version}\\n",
)

# The same of Red Hat's family; an epoch stands before the version, as its own tools write it.
LIST_RPM_PACKAGES = (
    "rpm",
    "--query",
    "--all",
    "--queryformat",
    "%{NAME}\\t%{ARCH}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\n",
)

# Debian's and Ubuntu's list of PostgreSQL clusters, running or not.
LIST_POSTGRESQL_CLUSTERS = ("pg_lsclusters", "--json")
