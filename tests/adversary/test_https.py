"""A service behind HTTPS, known by a certificate of its own."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import pytest
from adversary.command import adversary, refused
from adversary.upstreams import OK, Socket, exchanged, post
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DESCRIBE = post("/v1/describejobs", b'{"jobs": []}')


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """A key and a certificate for localhost that nobody else has signed, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("https") / "both.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def service(certificate):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with Socket(tls=tls) as listening:
        yield listening


def test_a_private_certificate_is_given_by_the_option(service, certificate):
    with adversary(service.url, "--ca-bundle", str(certificate)) as command:
        assert exchanged(command.port, DESCRIBE, DESCRIBE) == [OK, OK]
    assert service.got == [DESCRIBE, DESCRIBE]
    assert service.connections == 1


def test_or_by_the_environment(service, certificate):
    with adversary(service.url, env={"AWS_CA_BUNDLE": str(certificate)}) as command:
        assert exchanged(command.port, DESCRIBE) == [OK]


def test_without_it_the_service_is_not_believed(service):
    with adversary(service.url, env={"AWS_CA_BUNDLE": ""}) as command:
        (answer,) = exchanged(command.port, DESCRIBE)
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert b"CERTIFICATE_VERIFY_FAILED" in answer
    assert service.got == []


def test_a_bundle_that_is_not_there_is_refused(tmp_path):
    nowhere = str(tmp_path / "none.pem")
    assert "cannot be read" in refused("https://localhost:1", env={"AWS_CA_BUNDLE": nowhere})
    assert "does not exist" in refused("https://localhost:1", "--ca-bundle", nowhere)
