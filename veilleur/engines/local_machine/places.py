"""Where Linux keeps what is read of it, from its root: of this machine, and of one read from afar."""

from pathlib import Path

NOT_DATA = frozenset({"squashfs", "iso9660", "tmpfs", "devtmpfs", "ramfs", "udf"})
# Ports that a system hands out by itself, where it does not say which.
USUAL_PORT_RANGE = range(32768, 61000)
POSTGRESQL_SOCKETS = ("run/postgresql", "tmp")
MARIADB_SOCKETS = ("run/mysqld/mysqld.sock", "var/lib/mysql/mysql.sock", "tmp/mysql.sock")
CONTAINER_MARKS = (".dockerenv", "run/.containerenv", "run/systemd/container")
DMI_NAMES = ("product_uuid", "sys_vendor", "product_name", "product_serial", "chassis_type")
SEARCHED_FOLDERS = (Path("/var/lib"), Path("/srv"), Path("/opt"))
