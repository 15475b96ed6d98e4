"""With a certificate the pages are served by TLS alone, and their cookies go by nothing else."""

import ssl
import urllib.request
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.processes.installation import Installation, wait_for


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = tmp_path / "certificate.pem", tmp_path / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


def test_pages_are_served_by_tls_and_cookies_are_kept_to_it(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    settings = {"VEILLEUR_TLS_CERTIFICATE": str(certificate[0]), "VEILLEUR_TLS_KEY": str(certificate[1])}
    context = ssl.create_default_context(cafile=str(certificate[0]))
    with Installation(tmp_path / "data", **settings).prepared().start() as installation:
        address = f"https://localhost:{installation.port}/account/login/"

        def fetched() -> object:
            try:
                return urllib.request.urlopen(address, context=context, timeout=10)
            except OSError:
                return None

        answer = wait_for("the pages", fetched)
        with pytest.raises((OSError, HTTPException)):
            installation.page("/account/login/")
        printed = wait_for(
            "the directions", lambda: "Ctrl-C" in installation.output() and installation.output()
        )

    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert f"https://127.0.0.1:{installation.port}/" in printed
