"""An HTTPS server for one chain that answers when it is told to: by the file `--gate`. Writes a line for each request.

    python3 -m stirline_lab.stub_repository --address A --port P --certificate PEM --key PEM --chain PEM --gate FILE
"""

import argparse
import ssl
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

REQUEST = "request for "


def main():
    parser = argparse.ArgumentParser(description="one chain over HTTPS, held back until a file appears")
    for name in ("address", "certificate", "key", "chain", "gate"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    chain = Path(options.chain).read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            print(f"{REQUEST}{self.path}", flush=True)
            while not Path(options.gate).exists():
                time.sleep(0.01)
            self.send_response(200)
            self.send_header("Content-Type", "application/pem-certificate-chain")
            self.send_header("Content-Length", str(len(chain)))
            self.end_headers()
            self.wfile.write(chain)

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
