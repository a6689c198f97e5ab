"""An HTTPS server for one file, as it is at each request. Writes a line for each request.

    python3 -m stirline_lab.stub_repository --address A --port P --certificate PEM --key PEM --file FILE --type TYPE
                                            [--gate FILE]

With a gate it answers only when that file is there.
"""

import argparse
import ssl
import sys
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .processes import Process, wait_until
from .topology import MANAGEMENT

REQUEST = "request for "
PORT = 443


class StubRepository:
    def __init__(self, process, log):
        self._process, self._log = process, log

    def requests(self):
        return self._log.read_text(encoding="utf-8").count(REQUEST)

    def wait_listening(self):
        def listens():
            self._process.require_running()
            return "listening" in self._log.read_text(encoding="utf-8")
        wait_until(listens, 20, "the stub repository listens")


@contextmanager
def serving(lab, file, kind, gate=None):
    """A StubRepository on the signer's management address, port 443, from `with` to its end."""
    log = lab.logs / "stub_repository.log"
    argv = [sys.executable, "-m", "stirline_lab.stub_repository", "--address", MANAGEMENT["signer"][1], "--port", PORT,
            "--certificate", lab.pki.web_certificate, "--key", lab.pki.web_key, "--file", file, "--type", kind]
    process = Process("the stub repository", [*argv, *(["--gate", gate] if gate else [])], log,
                      namespace=lab.topology.names["signer"], cwd=Path(__file__).resolve().parent.parent)
    try:
        stub = StubRepository(process, log)
        stub.wait_listening()
        yield stub
    finally:
        process.stop()


def main():
    parser = argparse.ArgumentParser(description="one file over HTTPS, perhaps held back until another appears")
    for name in ("address", "certificate", "key", "file", "type"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--gate")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            print(f"{REQUEST}{self.path}", flush=True)
            while options.gate and not Path(options.gate).exists():
                time.sleep(0.01)
            octets = Path(options.file).read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", options.type)
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, *unused):
            pass

    server = ThreadingHTTPServer((options.address, options.port), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print("listening", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
