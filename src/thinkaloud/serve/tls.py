"""TLS: a certificate of one's own, for microphones away from localhost and for clients that insist on wss.

Browsers open the microphone on https or localhost only. A self-signed certificate makes them ask once; for a public server
use a real one (docs/deploy.md).
"""

import datetime
import ipaddress
import pathlib
import socket

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_VALID_DAYS = 825  # the longest that browsers accept


def self_signed(folder: pathlib.Path, host: str) -> tuple[pathlib.Path, pathlib.Path]:
    """Certificate and key files for localhost, this machine's name and `host`; made once, kept until they expire."""
    cert_file, key_file = folder / "thinkaloud.crt", folder / "thinkaloud.key"
    now = datetime.datetime.now(datetime.UTC)
    if cert_file.is_file() and key_file.is_file():
        found = x509.load_pem_x509_certificate(cert_file.read_bytes())
        if found.not_valid_after_utc > now and host in _names(found):
            return cert_file, key_file
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "thinkaloud")])
    wanted = dict.fromkeys(["localhost", "127.0.0.1", "::1", socket.gethostname(), host])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=_VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName([_general_name(each) for each in wanted]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _names(certificate: x509.Certificate) -> set[str]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in names}
