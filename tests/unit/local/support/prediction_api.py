"""A small API that answers what `make up` asks through the ingress."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from rookery_local.models.prediction import RequestOptions

CARD = {"contract": {"features": [{"name": "mass", "kind": "number", "example": 1.0}]}}
ANSWER = {"class": "FEMALE"}
HOST, KEY = "penguins.example.org", "a-key-of-many-letters"
OPTIONS = RequestOptions({"Host": HOST, "X-API-Key": KEY}, f"-H 'Host: {HOST}'")
UNKNOWN_MODEL = {"reason": "unknown_model", "detail": "No model has that name."}
NO_CHAMPION = {"reason": "no_champion", "detail": "The registry names no champion of it yet."}


class Api(ThreadingHTTPServer):
    """An API behind a host and a key, whose model gets its champion after some requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.champion_after: int | None = 0
        self.spec_error = ""
        self.faults: list[dict[str, str]] = []
        """What is wrong with every request for a prediction."""
        self.asked = 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        """Answers with the card of any model but `beer`, or with the models."""
        said = self.server.spec_error
        if self.path == "/models":
            self._send(200, {"models": [{"name": "sex"}, {"name": "species"}]})
            return
        if self.path == "/models/beer":
            self._send(404, UNKNOWN_MODEL)
            return
        self._send(200, {"contract": None, "spec_error": said} if said else CARD)

    def do_POST(self) -> None:
        """Answers with a prediction, or with the reason why there is none."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        after = self.server.champion_after
        if self.server.faults:
            self._send(422, {"detail": "It does not fit.", "errors": self.server.faults})
            return
        if after is not None and self.server.asked > after:
            self._send(200, ANSWER)
        else:
            self._send(503, NO_CHAMPION)

    def _send(self, status: int, document: object) -> None:
        if self.headers["Host"] != HOST or self.headers["X-API-Key"] != KEY:
            status, document = 401, {"reason": "api_key", "detail": "Send the API key."}
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Logs nothing."""
