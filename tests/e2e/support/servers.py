"""A small HTTP server in a pod: it answers with its own name and the path."""

from tests.e2e.support.cluster import Object
from tests.e2e.support.objects import main_container, python_pod

PROGRAM = """
import http.server, os, signal
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{os.uname().nodename} {self.path}".encode())
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
http.server.ThreadingHTTPServer(("", 8000), Answer).serve_forever()
"""


def server(name: str) -> Object:
    """Makes a hardened pod that listens on port 8000 and is ready as soon as it answers."""
    made = python_pod(name, PROGRAM)
    main_container(made)["readinessProbe"] = {
        "httpGet": {"path": "/", "port": 8000},
        "periodSeconds": 1,
    }
    return made
