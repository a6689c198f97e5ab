"""A certificate authority for one run, made with the openssl command: thrown away with its folder.

    root (our trust anchor) -> intermediate -> ranges   TNAuthList: one range of numbers   attestation A
                                            -> provider TNAuthList: a service provider     attestation B and C
                                            -> expired  as `ranges`, but of yesterday
    foreign root (nobody's anchor)          -> foreign  as `ranges`

The signer's control plane serves `ranges` and `provider` over HTTPS; a web server's certificate of its own, for its
address, stands beside the others.
"""

import datetime
from dataclasses import dataclass
from pathlib import Path

from .processes import run

TN_AUTH_LIST = "1.3.6.1.5.5.7.1.26"  # RFC 8226 section 9
FILE_URL = "https://certificates.example.net"  # of chains that the verifier has in files


@dataclass(frozen=True)
class Credential:
    name: str
    key: Path
    chain: Path  # PEM, leaf first
    x5u: str


@dataclass(frozen=True)
class Authority:
    name: str
    key: Path
    certificate: Path
    folder: Path  # database of `openssl ca`
    above: tuple = ()  # certificates between it and its root, as they go into chain files


def _time(days):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return moment.strftime("%Y%m%d%H%M%SZ")


def _scope_of_range(first, count):
    return f"range.0 = EXPLICIT:1,SEQUENCE:range\n[range]\nstart = IA5STRING:{first}\ncount = INTEGER:{count}\n"


def _scope_of_provider(code):
    return f"spc.0 = EXPLICIT:0,IA5STRING:{code}\n"


class Pki:
    """`range_first` and `range_count`: the numbers that the credential `ranges` may speak for.

    `server`: address and port at which the signer serves its chains.
    """

    def __init__(self, folder, range_first, range_count, server, provider_code="1234"):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._authorities = {}
        ranges = _scope_of_range(range_first, range_count)
        root = self._root("root")
        self.anchor = root.certificate
        intermediate = self._intermediate("intermediate", root)
        served = f"https://{server[0]}:{server[1]}"
        self.ranges = self._leaf("ranges", intermediate, ranges, served)
        self.provider = self._leaf("provider", intermediate, _scope_of_provider(provider_code), served)
        self.expired = self._leaf("expired", intermediate, ranges, FILE_URL, first_day=-30, last_day=-1)
        self.foreign = self._leaf("foreign", self._root("foreign-root"), ranges, FILE_URL)
        self.web_ca = self._root("web-root").certificate
        self.web_key, self.web_certificate = self._issue(
            "web", self._authorities["web-root"], "basicConstraints = critical,CA:false\n"
            f"extendedKeyUsage = serverAuth\nsubjectAltName = IP:{server[0]}\n")

    def in_files(self):
        """Every chain that the verifier need not fetch."""
        return [self.expired, self.foreign]

    def revoke(self, credential):
        """The revocation list of the intermediate that names this credential's certificate: a PEM file."""
        run([*self._intermediate_ca(), "-revoke", self.folder / f"{credential.name}.pem"])
        return self.revocation_list()

    def revocation_list(self):
        """The revocation list of the intermediate as of now: a PEM file, replaced in one step."""
        made, fresh = self.folder / "revoked.pem", self.folder / "revoked.new"
        run([*self._intermediate_ca(), "-gencrl", "-crldays", "1", "-out", fresh])
        fresh.replace(made)
        return made

    def _intermediate_ca(self):
        issuer = self._authorities["intermediate"]
        return ["openssl", "ca", "-batch", "-config", issuer.folder / "ca.cnf", "-cert", issuer.certificate,
                "-keyfile", issuer.key]

    def make_key(self, name):
        key = self.folder / f"{name}.key"
        run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key])
        key.chmod(0o600)
        return key

    def _root(self, name):
        key = self.make_key(name)
        certificate = self.folder / f"{name}.pem"
        run(["openssl", "req", "-x509", "-new", "-sha256", "-key", key, "-subj", f"/O=Stirline lab/CN={name}",
             "-days", "10", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", certificate])
        return self._authority(name, key, certificate)

    def _authority(self, name, key, certificate, above=()):
        folder = self.folder / f"{name}.ca"
        folder.mkdir()
        (folder / "index.txt").touch()
        (folder / "ca.cnf").write_text(
            f"[ca]\ndefault_ca = this\n[this]\ndatabase = {folder}/index.txt\nnew_certs_dir = {folder}\n"
            "rand_serial = yes\nunique_subject = no\ndefault_md = sha256\npolicy = any\n"
            "[any]\norganizationName = optional\ncommonName = supplied\n", encoding="ascii")
        self._authorities[name] = Authority(name, key, certificate, folder, above)
        return self._authorities[name]

    def _issue(self, name, issuer, extensions, first_day=-0.1, last_day=9):
        key = self.make_key(name)
        request, certificate = self.folder / f"{name}.csr", self.folder / f"{name}.pem"
        wanted = self.folder / f"{name}.cnf"
        wanted.write_text("[wanted]\nsubjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n" + extensions,
                          encoding="ascii")
        run(["openssl", "req", "-new", "-sha256", "-key", key, "-subj", f"/O=Stirline lab/CN={name}", "-out", request])
        run(["openssl", "ca", "-batch", "-notext", "-config", issuer.folder / "ca.cnf", "-cert", issuer.certificate,
             "-keyfile", issuer.key, "-in", request, "-extfile", wanted, "-extensions", "wanted",
             "-startdate", _time(first_day), "-enddate", _time(last_day), "-out", certificate])
        request.unlink()
        wanted.unlink()
        return key, certificate

    def _intermediate(self, name, issuer):
        key, certificate = self._issue(name, issuer, "basicConstraints = critical,CA:true,pathlen:0\n"
                                                     "keyUsage = critical,keyCertSign,cRLSign\n")
        return self._authority(name, key, certificate, above=(certificate,))

    def _leaf(self, name, issuer, scope, base_url, **validity):
        key, certificate = self._issue(
            name, issuer, "basicConstraints = critical,CA:false\nkeyUsage = critical,digitalSignature\n"
                          f"{TN_AUTH_LIST} = ASN1:SEQUENCE:scope\n[scope]\n{scope}", **validity)
        chain = self.folder / f"{name}-chain.pem"
        chain.write_text("".join(part.read_text(encoding="ascii") for part in (certificate, *issuer.above)),
                         encoding="ascii")
        return Credential(name, key, chain, f"{base_url}/{name}.pem")
