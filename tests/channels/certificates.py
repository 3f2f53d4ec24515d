"""Certificates for the loopback servers, made by the openssl command in the test itself."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


#: Self-signed by `openssl ca`, because `req -x509` cannot make one that has ended.
CONFIGURATION = """
[ca]
default_ca = one
[one]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
x509_extensions = server
unique_subject = no
[any]
commonName = supplied
[server]
basicConstraints = critical, CA:true
subjectAltName = {name}
[req]
distinguished_name = subject
[subject]
"""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A self-signed certificate: `file` is what a client may choose to trust."""

    file: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


def certificate(
    folder: Path,
    *,
    name: str = "IP:127.0.0.1",
    start: str = "20200101000000Z",
    end: str = "20991231235959Z",
) -> Certificate:
    """A new certificate in that folder for a name, valid between two instants."""
    folder.mkdir()
    (folder / "index").touch()
    (folder / "serial").write_text("01\n", encoding="ascii")
    (folder / "conf").write_text(CONFIGURATION.format(folder=folder, name=name), encoding="utf-8")
    made = Certificate(file=folder / "cert.pem", key=folder / "key.pem")
    request = folder / "request.pem"
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(made.key))
    common = ("-config", str(folder / "conf"), "-batch")
    _openssl(
        "req", "-new", "-key", str(made.key), "-subj", "/CN=relay", "-out", str(request), *common
    )
    _openssl(
        "ca",
        "-selfsign",
        "-in",
        str(request),
        "-keyfile",
        str(made.key),
        "-notext",
        "-out",
        str(made.file),
        "-startdate",
        start,
        "-enddate",
        end,
        *common,
    )
    return made


def _openssl(*words: str) -> None:
    done = subprocess.run(["openssl", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
