"""Fetches the files of others named in vendor.lock from npm, verifies them, writes them as static files.

Usage: `python scripts/vendor.py` (needs npm), or with `--check`: compares and writes nothing.
The results are committed, so that an installation needs Python only.
"""

import argparse
import base64
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
STATIC = CHECKOUT / "veilleur" / "desk" / "static" / "desk"
SOURCE_MAP = re.compile(rb"\n?/\*# sourceMappingURL=[^*]*\*/\s*$")
# A light on the horizon: our own mark, drawn on the same grid as the icons.
MARK = (
    '<symbol id="veilleur" viewBox="0 0 24 24"><path d="M2 19h20"/><path d="M6 19a6 6 0 0 1 12 0"/>'
    '<path d="M12 4v4M4.2 8.2l2.6 2.6M19.8 8.2l-2.6 2.6"/></symbol>'
)


def fetch(package: dict, folder: Path) -> tarfile.TarFile:
    """Return npm's tarball of one package; SystemExit when its SHA-512 is not the one in the lock."""
    spec = f"{package['name']}@{package['version']}"
    command = ("npm", "pack", spec, "--silent", "--pack-destination", str(folder))
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]
    content = (folder / name).read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != package["integrity"]:
        raise SystemExit(f"{spec}: the tarball is not the locked one ({found})")
    return tarfile.open(folder / name)


def read(tarball: tarfile.TarFile, path: str) -> bytes:
    """Return one file of an npm tarball, whose paths all begin with `package/`."""
    member = tarball.extractfile(f"package/{path}")
    if member is None:
        raise SystemExit(f"{path} is not in the package")
    return member.read()


def symbol(name: str, icon: bytes) -> str:
    """Return an icon's drawing as a symbol of the sprite, its frame and its comment left out."""
    drawing = re.sub(r"<!--.*?-->", "", icon.decode(), flags=re.DOTALL)
    body = drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg>")]
    body = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", body)
    body = re.sub(r"\s*\n\s*", "", body)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>'


def sprite(tarball: tarfile.TarFile, package: dict) -> bytes:
    """Return the sprite: our mark and the icons in use, sorted by name."""
    symbols = [symbol(name, read(tarball, f"icons/outline/{name}.svg")) for name in sorted(package["icons"])]
    head = f"<!-- Tabler Icons {package['version']}, MIT, and our mark. Written by scripts/vendor.py. -->"
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">', head, MARK, *symbols, "</svg>", ""]
    return "\n".join(lines).encode()


def collect(lock: dict) -> dict[Path, bytes]:
    """Return every kept file with its content, fetched and verified."""
    wanted: dict[Path, bytes] = {}
    with tempfile.TemporaryDirectory() as name:
        for package in lock["package"]:
            with fetch(package, Path(name)) as tarball:
                for source, target in package["files"].items():
                    wanted[STATIC / "vendor" / target] = SOURCE_MAP.sub(b"\n", read(tarball, source))
                if "icons" in package:
                    wanted[STATIC / "icons.svg"] = sprite(tarball, package)
    return wanted


def main() -> int:
    """Write the kept files, or with --check say which differ (exit code 1)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    arguments = parser.parse_args()
    lock = tomllib.loads((CHECKOUT / "vendor.lock").read_text())
    different = []
    for path, content in collect(lock).items():
        if path.exists() and path.read_bytes() == content:
            continue
        different.append(path)
        if not arguments.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for path in different:
        print(("differs: " if arguments.check else "written: ") + str(path.relative_to(CHECKOUT)))
    return 1 if arguments.check and different else 0


if __name__ == "__main__":
    sys.exit(main())
