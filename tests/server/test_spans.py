"""OpenTelemetry spans reach a collector, and what calls held does not."""

import http.server
import threading
import time
from pathlib import Path
from typing import Any

from tests.server import http as wire
from tests.server.http import ask, call, post


def test_spans_are_sent(tmp_path: Path) -> None:
    received: list[bytes] = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        endpoint = f"http://127.0.0.1:{server.server_port}/v1/traces"
        with wire.serving(tmp_path, "--otlp-endpoint", endpoint, "--processes", "1") as running:
            asked = call("network_params", {"layers": "Linear(424242, 3)"})
            trace = "0af7651916cd43dd8448eb211c80319c"  # pragma: allowlist secret - the example of W3C Trace Context
            asked["params"]["_meta"]["traceparent"] = f"00-{trace}-b7ad6b7169203331-01"
            assert ask(running.port, post(asked)).structure["totals"]["parameters"] == 1_272_729
            assert running.stop() == 0
        end = time.monotonic() + 10
        while not received and time.monotonic() < end:
            time.sleep(0.1)
    finally:
        server.shutdown()
        server.server_close()
    sent = b"".join(received)
    assert b"tools/call network_params" in sent
    assert bytes.fromhex(trace) in sent, "in the caller's trace"
    assert b"424242" not in sent
