"""An identity provider that implements the protocol wrongly, as it is told to: for attacks."""

import base64
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SHORT_RSA = rsa.generate_private_key(public_exponent=65537, key_size=1024)
EC = ec.generate_private_key(ec.SECP256R1())


def public(key: Any, **more: str) -> dict[str, Any]:
    """Return the public half of a key, as a provider publishes it."""
    is_rsa = isinstance(key, rsa.RSAPrivateKey)
    algorithm = jwt.algorithms.RSAAlgorithm if is_rsa else jwt.algorithms.ECAlgorithm
    told: dict[str, Any] = json.loads(algorithm.to_jwk(key.public_key()))
    return {**told, **more}


def seconds(later: int) -> Callable[[], int]:
    """Return a claim that is so many seconds later than whenever it is told."""
    return lambda: int(time.time()) + later


def pem_of(key: Any) -> bytes:
    """Return the public half in PEM: what an attacker would take for a shared secret."""
    found: bytes = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return found


def unsigned(claims: dict[str, Any], header: dict[str, Any], signature: bytes = b"") -> str:
    """Return a token put together by hand."""
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


class HostileProvider:
    """A running provider. What it answers may be replaced: `claims`, `token`, `keys`, `metadata`, `pages`."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.keys: list[dict[str, Any]] = [public(RSA, kid="one", use="sig")]
        self.token: Callable[[dict[str, Any]], str] = self.signed
        self.told: dict[str, Any] = {}
        self.person: dict[str, Any] | None = None
        # By path: raw bytes that are sent instead of the page, in pieces with pauses of so many seconds.
        self.raw: dict[str, tuple[list[bytes], float]] = {}
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.codes: dict[str, str] = {}

    def __enter__(self) -> "HostileProvider":
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner._answer(self, {})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                owner._answer(self, {key: values[0] for key, values in parse_qs(body).items()})

            def log_message(self, *_line: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.issuer = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def honest_claims(self, nonce: str, client_id: str = "veilleur") -> dict[str, Any]:
        """Return claims with which nothing is wrong."""
        now = int(time.time())
        return {
            "iss": self.issuer,
            "sub": "subject-1",
            "aud": client_id,
            "exp": now + 300,
            "iat": now,
            "nonce": nonce,
            "email": "eve@vexin.example",
            "name": "Eve",
            "groups": ["it"],
        }

    def signed(
        self, claims: dict[str, Any], key: Any = RSA, kid: str = "one", algorithm: str = "RS256"
    ) -> str:
        """Return a token signed as it should be."""
        return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})

    def _answer(self, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        path = handler.path.partition("?")[0]
        self.asked.append((path, form, dict(handler.headers)))
        if path in self.raw:
            self._send_raw(handler, *self.raw[path])
            return
        status, page = self._page(path, form)
        body = json.dumps(page).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _page(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/person",
                **self.metadata,
            }
        if path == "/keys":
            return 200, {"keys": self.keys}
        if path == "/person":
            return (200, self.person) if self.person is not None else (403, {})
        nonce = self.codes.pop(form.get("code", ""), None)
        if nonce is None:
            return 400, {"error": "invalid_grant"}
        asked = {**self.honest_claims(nonce), **self.claims}
        # What is called is told as it is now: minutes may pass in a test.
        told = {key: value() if callable(value) else value for key, value in asked.items()}
        claims = {key: value for key, value in told.items() if value is not None}
        return 200, {"access_token": "access", "id_token": self.token(claims), **self.told}

    def _send_raw(self, handler: BaseHTTPRequestHandler, pieces: list[bytes], pause_s: float) -> None:
        handler.close_connection = True
        try:
            for piece in pieces:
                handler.wfile.write(piece)
                handler.wfile.flush()
                time.sleep(pause_s)
        except OSError:
            pass  # whoever asked has had enough
