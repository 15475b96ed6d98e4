#!/bin/sh
# Print the Python that Veilleur is set up with: the first that runs and is 3.11 or newer.
# A name on the PATH is not enough: version managers leave names behind that refuse to run.
for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        command -v "$candidate"
        exit 0
    fi
done
case "${VEILLEUR_LANGUAGE:-${LC_ALL:-${LANG:-}}}" in
    en*) echo "Veilleur needs Python 3.11 or newer, and none was found. On Debian 12 or newer: apt-get install -y python3 python3-venv" ;;
    *) echo "Veilleur demande Python 3.11 ou plus récent, introuvable ici. Sous Debian 12 ou plus récent : apt-get install -y python3 python3-venv" ;;
esac >&2
exit 69
