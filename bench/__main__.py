"""`make bench`: measure every figure that exists by now and print it with its peer and its target.

Ratios are taken in one run, CPU seconds preferred since machines are noisy. Nothing here fails a build.
"""

import argparse
import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent


def modules(wanted: list[str]) -> list[str]:
    """Return the names of the measuring modules, in alphabetical order."""
    names = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))
    unknown = set(wanted) - set(names)
    if unknown:
        sys.exit(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return wanted or names


def text(value: object, unit: str = "") -> str:
    """Return a figure with its unit, an em dash where there is none."""
    if value is None:
        return "—"
    if isinstance(value, float):
        value = f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value} {unit}".strip()


def main() -> int:
    """Measure and print, one row a figure, as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help="measure these only")
    print(f"{'figure':<78}{'measured':>22}{'target':>16}  peer")
    for name in modules(parser.parse_args().only):
        for row in importlib.import_module(f"bench.{name}").figures():
            unit = str(row["unit"])
            measured, target = text(row["value"], unit), text(row.get("target"))
            print(f"{row['name']:<78}{measured:>22}{target:>16}  {text(row.get('peer'))}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
