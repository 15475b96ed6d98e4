"""Starts the independent identity provider for tests: folder and port of its own; gone afterwards."""

import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

CHECKOUT = Path(__file__).resolve().parents[2]
CLIENT, SECRET = "veilleur", "the client's own secret"
_READY_S = 120


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ThrowawayProvider:
    """A running provider."""

    def __enter__(self) -> "ThrowawayProvider":
        self._folder = tempfile.TemporaryDirectory(prefix="veilleur-openid-")
        self._place = Path(self._folder.name)
        self._house: dict[str, Any] = {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "people": {},
            "return_addresses": [],
        }
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._place.joinpath("key.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self._save()
        self.port = free_port()
        self._here = f"http://127.0.0.1:{self.port}/"
        self.issuer = f"http://127.0.0.1:{self.port}/o"
        self._process = subprocess.Popen(
            (sys.executable, "-m", "tests.openid.server", str(self._place), str(self.port)), cwd=CHECKOUT
        )
        try:
            self._await()
        except AssertionError:
            self.__exit__()
            raise
        return self

    def _await(self) -> None:
        until = time.monotonic() + _READY_S
        while not (self._place / "ready").exists():
            assert self._process.poll() is None, "the provider ended"
            assert time.monotonic() < until, "the provider does not start"
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)
        self._folder.cleanup()

    def person(self, login: str, *, groups: list[str] | None, **claims: Any) -> None:
        """Let somebody sign in with these groups and claims, from now on. Groups None: no such claim."""
        told = {"email": f"{login}@vexin.example", "name": login.title(), **claims}
        if groups is not None:
            told["groups"] = groups
        told = {key: value for key, value in told.items() if value is not None}
        self._house["people"][login] = {"password": f"{login} at home", "is_enabled": True, "claims": told}
        self._save()

    def lock_out(self, name: str) -> None:
        """Let somebody in no more."""
        self._house["people"][name]["is_enabled"] = False
        self._save()

    def lead_back_to(self, address: str) -> None:
        """Take one more address to which people may be led back."""
        self._house["return_addresses"].append(address)
        self._save()

    def go(self, address: str, name: str, seen: requests.Session | None = None) -> str:
        """Sign in there as somebody would, and return the address to which they are led back."""
        browser = seen or requests.Session()
        answer = browser.get(address, allow_redirects=False)
        while answer.headers.get("Location", "/").startswith(("/", self._here)):
            if answer.status_code == 200:
                form = {"username": name, "password": f"{name} at home"}
                answer = browser.post(answer.url, form, allow_redirects=False)
            elif answer.status_code == 302:
                answer = browser.get(urljoin(answer.url, answer.headers["Location"]), allow_redirects=False)
            else:
                return ""
        return str(answer.headers["Location"])

    def _save(self) -> None:
        fresh = self._place / "house.new"
        fresh.write_text(json.dumps(self._house))
        fresh.replace(self._place / "house.json")
