"""A BundlePress by WeasyPrint in a child process: its library would stay in the memory of `work`."""

import subprocess
import sys

_LONGEST_S = 300
_PROGRAM = (sys.executable, "-m", "veilleur.engines.pdf_press.printing")


class PdfPress:
    """A BundlePress."""

    def press(self, html: str) -> bytes:
        """Return the page as PDF; raise OSError with the last words of a print that failed."""
        try:
            done = subprocess.run(
                _PROGRAM, input=html.encode(), capture_output=True, timeout=_LONGEST_S, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise OSError(f"printing took longer than {_LONGEST_S} s") from error
        if done.returncode or not done.stdout.startswith(b"%PDF"):
            told = done.stderr.decode(errors="replace").strip().splitlines()
            raise OSError(told[-1] if told else f"printing ended with {done.returncode}")
        return done.stdout
