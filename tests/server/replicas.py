"""The nginx that is shipped, before three replicas, one of which dies: `python -m tests.server.replicas`.

It takes nginx and dnsmasq. The file of `server/deploy` is used as it is but for its addresses: a name server of our own
says where the replicas are, as the container engine's does. Every call is answered rightly, the whole time.
"""

import asyncio
import os
import re
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.server import http
from tests.server.http import Answer, Running, call, exchange, get, post

CONFIGURATION = Path(__file__).parents[2] / "server/deploy/nginx.conf"
CALLS = 400
PAUSE = 1 / 40  # below the 50 a second that one client may ask
BURST = 300


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def program(*command: str) -> Iterator[None]:
    """Run a program in the foreground, and stop it afterwards; nginx's word on each try of a dead replica is let go."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def configuration(folder: Path, port: int, names: int, replicas: int) -> Path:
    """The configuration that is shipped, with this machine's addresses."""
    text = CONFIGURATION.read_text()
    for pattern, value in {
        r"listen 8080;": f"listen 127.0.0.1:{port};",
        r"resolver 127\.0\.0\.11 valid=5s;": f"resolver 127.0.0.1:{names} valid=1s ipv6=off;",
        r"http://paramcount:8000;": f"http://paramcount:{replicas};",
        r"pid /tmp/nginx\.pid;": f"pid {folder}/nginx.pid; daemon off;",
    }.items():
        text, found = re.subn(pattern, value, text)
        assert found == 1, f"{pattern} stands {found} times in {CONFIGURATION.name}"
    written = folder / "nginx.conf"
    written.write_text(re.sub(r"_temp_path /tmp/", f"_temp_path {folder}/", text))
    return written


async def asked(port: int, token: str, width: int) -> Answer:
    """One call through the balancer."""
    sent = call("conv_layer_params", {**http.CALL, "in_channels": width})
    return await exchange(port, post(sent, Host=f"127.0.0.1:{port}", Authorization=f"Bearer {token}"))


async def steady(port: int, token: str, replicas: Sequence[Running]) -> Counter[str]:
    """Calls below the rate of one client, while a replica is killed."""
    seen: Counter[str] = Counter()

    async def one(number: int) -> None:
        await asyncio.sleep(number * PAUSE)
        if number == CALLS // 3:
            for process in replicas[0].family():
                os.kill(process, signal.SIGKILL)
        answer = await asked(port, token, number + 1)
        right = answer.status == 200 and answer.structure["total"] == 32 * (9 * (number + 1) + 1)
        seen["right" if right else f"{answer.status} {answer.body[:200]!r}"] += 1

    async with asyncio.TaskGroup() as group:
        for number in range(CALLS):
            group.create_task(one(number))
    return seen


async def burst(port: int, token: str) -> Counter[int]:
    """More calls at once than one client may make."""
    answers = await asyncio.gather(*(asked(port, token, 3) for _ in range(BURST)))
    return Counter(answer.status for answer in answers)


def answered(replica: Running, host: str, token: str) -> int:
    """The calls of one replica, by its own figures."""

    figures = http.ask(replica.port, get("/metrics", Authorization=f"Bearer {token}"), host=host).body.decode()
    found = re.findall(r"^paramcount_calls_total\{.*\} (\S+)$", figures, re.MULTILINE)
    return int(sum(map(float, found)))


def main() -> None:
    """Start all, ask, kill, ask."""
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        folder = Path(made)
        folder.chmod(0o755)  # nginx works as another user
        port, names, shared = free_port(), free_port(), free_port()
        token = secrets.token_urlsafe(32)
        (folder / "tokens").write_text(f"all {token}\n")
        hosts = [f"127.0.0.{number}" for number in (2, 3, 4)]
        replicas = [
            stack.enter_context(
                http.serving(
                    folder,
                    *("--host", host, "--port", str(shared), "--processes", "1"),
                    *("--token-file", str(folder / "tokens"), "--allowed-host", "127.0.0.1:*"),
                    *("--trusted-proxy", "127.0.0.1", "--rate", "0"),
                    command=("-m", "paramcount", "serve", "--transport", "http"),
                    host=host,
                )
            )
            for host in hosts
        ]
        stack.enter_context(
            program(
                *("dnsmasq", "--keep-in-foreground", f"--port={names}", "--listen-address=127.0.0.1"),
                *("--bind-interfaces", "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--pid-file="),
                *(f"--host-record=paramcount,{host}" for host in hosts),
            )
        )
        stack.enter_context(program("nginx", "-c", str(configuration(folder, port, names, shared))))
        for _ in range(100):
            try:
                ready = http.ask(port, get("/health/ready", Host=f"127.0.0.1:{port}"))
                break
            except OSError:
                time.sleep(0.1)
        assert ready.status == 200, ready
        told = http.ask(port, get("/.well-known/oauth-protected-resource/mcp", Host=f"127.0.0.1:{port}"))
        assert http.ask(port, get("/metrics", Host=f"127.0.0.1:{port}")).status == 404
        stranger = http.ask(port, post(call("conv_layer_params", http.CALL), Host=f"127.0.0.1:{port}"))
        assert stranger.status == 401, stranger
        print(f"ready {ready.status}, metadata {told.status}, /metrics 404, without a token {stranger.status}")

        seen = asyncio.run(steady(port, token, replicas))
        left = {host: answered(replica, host, token) for host, replica in [*zip(hosts, replicas, strict=True)][1:]}
        print(
            f"{CALLS} calls, one of three replicas killed after {CALLS // 3}: {dict(seen)}; the others answered {left}"
        )
        assert seen == {"right": CALLS}
        assert min(left.values()) > CALLS // 5
        time.sleep(3)  # the burst of one client is forgotten
        many = asyncio.run(burst(port, token))
        print(f"{BURST} calls at once: {dict(many)}")
        assert set(many) == {200, 429}


if __name__ == "__main__":
    main()
