"""A server on 127.0.0.1 that remembers what it is sent, and answers nothing that an SDK would want to read."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, self.headers, json.loads(body)))
        answer = b'{"error":{"message":"this was recorded","type":"invalid_request_error"}}'
        self.send_response(400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Recorder:
    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.requests = []
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def sent_by(self, call):
        """What `call` sends: path, headers, body. The refusal that it gets is expected."""
        self.server.requests.clear()
        failure = None
        try:
            for _ in call():
                pass
        except Exception as error:
            failure = error
        assert len(self.server.requests) == 1, f"one request, then {failure!r}"
        return self.server.requests[0]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
