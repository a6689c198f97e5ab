"""The configuration files of the lab's two appliances."""

import json
import os
from pathlib import Path

from .numbers import BLOCK, FIRST
from .topology import ENDS, MANAGEMENT, MANAGEMENT_NETWORK, SECOND_CALLEE

SIP_PORT = 5060
REPOSITORY = (MANAGEMENT["signer"][1], 8443)  # where the signer serves its certificates
METRICS = "127.0.0.1:9464"  # in each namespace
XCAP = ("127.0.0.1", 8444)  # likewise: where the verifier keeps its users' rules
# Labs run on whatever machine there is: a call may wait as long as it is ever allowed to, and a crypto core that got no
# processor for a while is no fault of the appliance.
CERTIFICATE_WAIT_MS = 2_000
JOB_DEADLINE_US = 200_000


def _value(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return json.dumps(str(value))  # a JSON string is a TOML string


def _table(head, /, **values):
    """`head` as it stands in the file, brackets included; empty for the keys at the top."""
    return "\n".join([*([head] if head else []), *(f"{key} = {_value(value)}" for key, value in values.items())]) + "\n"


def _write(file, tables):
    # Replaced in one step: a daemon that reads meanwhile sees the old file or the new one.
    fresh = file.with_suffix(".new")
    fresh.write_text("# Written by the lab.\n" + "\n".join(tables), encoding="utf-8")
    fresh.replace(file)


def write_dataplane_file(appliance, interfaces, **limits):
    """`interfaces`: the one towards the caller, the one towards the callee. `limits`: more options of that section."""
    cpus = sorted(os.sched_getaffinity(0))
    near, far = interfaces
    engine = os.environ.get("STIRLINE_ENGINE", "openssl")
    _write(appliance.dataplane_file, [
        _table("", socket=appliance.dataplane_socket, element_id=f"lab-{appliance.role}", engine=engine),
        _table("[memory]", hugepages=False, megabytes=128, packets=4_095),
        _table("[cores]", main=cpus[0], poll=[cpus[0]], crypto=[cpus[-1]], idle="adaptive"),
        _table("[limits]", reassembly_timeout_ms=15_000, job_deadline_us=JOB_DEADLINE_US, **limits),
        _table("[[port]]", name="near", kind="af_packet", device=near),
        _table("[[port]]", name="far", kind="af_packet", device=far),
        _table("[[pair]]", name="wire", a="near", b="far"),
    ])


def _control_tables(appliance):
    return (_table("", socket=appliance.control_socket, dataplane_socket=appliance.dataplane_socket),
            _table("[records]", folder=appliance.records), _table("[metrics]", listen=METRICS))


def write_signer_file(appliance, pki, attest=None):
    """`attest` changes what a kind of call gets, as in {"A": "B"}."""
    credential_of = {"A": pki.ranges, "B": pki.provider, "C": pki.provider}
    tables = [
        *_control_tables(appliance),
        _table("[[trunk]]", name="to-callee", pair="wire", side="b", role="sign",
               peers=[*ENDS["callee"][1:], SECOND_CALLEE], ports=[SIP_PORT], tokens=["shaken", "msg", "div"]),
    ]
    tables.append(_table("[repository]", listen=REPOSITORY[0], port=REPOSITORY[1], certificate=pki.web_certificate,
                         key=pki.web_key))
    for credential in (pki.ranges, pki.provider):
        tables.append(_table("[[credential]]", name=credential.name, key=credential.key, chain=credential.chain,
                             x5u=credential.x5u))
    for kind, credential in credential_of.items():
        tables.append(_table("[[numbers]]", trunks=["to-callee"], first=str(FIRST[kind]),
                             last=str(FIRST[kind] + BLOCK - 1), attest=(attest or {}).get(kind, kind), credential=credential.name))
    _write(appliance.control_file, tables)


def _from_caller(ports=(SIP_PORT,), **options):
    return _table("[[trunk]]", name="from-caller", pair="wire", side="a", role="verify", ports=list(ports),
                  certificate_wait_ms=CERTIFICATE_WAIT_MS, **options)


def _trust(pki, crls=(), crl_urls=(), fetch=None):
    return (_table("[trust]", anchors=[pki.anchor], crls=list(crls), crl_urls=list(crl_urls)),
            _table("[fetch]", ca_file=pki.web_ca, lab_prefixes=[MANAGEMENT_NETWORK], **(fetch or {})))


def _xcap(appliance, pki, **options):
    return _table("[xcap]", listen=XCAP[0], port=XCAP[1], certificate=pki.web_certificate, key=pki.web_key,
                  users=appliance.folder / "xcap.users", database=appliance.folder / "documents.db", **options)


def write_verifier_file(appliance, pki, crls=(), crl_urls=(), fetch=None, answer=None, xcap=False):
    """`fetch`, `answer`: more options of the sections of that name. `xcap`: users keep rules there."""
    tables = [
        *_control_tables(appliance),
        _from_caller(peers=list(ENDS["caller"][1:])),
        _table("[trunk.answer]", **(answer or {})),
        *_trust(pki, crls, crl_urls, fetch),
    ]
    if xcap:
        tables.append(_xcap(appliance, pki))
    for credential in pki.in_files():
        tables.append(_table("[[x5u]]", url=credential.x5u, file=credential.chain))
    _write(appliance.control_file, tables)


def write_judging_file(appliance, pki, ports, company, law, lists, texts, tester, payment):
    """A verifier with all that judges behaviour. `ports`: of both sides, so that it sees answers. `company`: a second peer,
    who says who calls and is believed. `law`: file of rules. `lists`, `texts`: databases of lists and of the corpus "lab".
    `tester`: the user who reports results of tests. `payment`: options of that section."""
    _write(appliance.control_file, [
        *_control_tables(appliance),
        _from_caller(peers=[ENDS["caller"][1]], ports=ports),
        _table("[[trunk]]", name="company", pair="wire", side="a", role="verify", peers=[company], ports=ports,
               trusted=True),
        *_trust(pki),
        _xcap(appliance, pki, permissions=appliance.folder / "permissions.db", testers=[tester]),
        _table("[policy]", legal=law),
        _table("[lists]", database=lists),
        _table("[payment]", **payment),
        _table("[feedback]", database=appliance.folder / "feedback.db"),
        _table("[content]", database=texts),
        _table("[[content.corpus]]", name="lab", trunks=["from-caller"]),
    ])


def spoil(appliance):
    """Puts a mistake into the file of stirline-control: an unknown attestation, an address that is none."""
    text = Path(appliance.control_file).read_text(encoding="utf-8")
    _write(appliance.control_file, [text.replace('attest = "A"', 'attest = "Z"', 1)
                                    .replace(f'"{ENDS["callee"][1]}"', '"192.0.2.999"', 1)])
