"""The server as a team deploys it: a process of its own, spoken to over HTTP in both protocol eras."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paramcount_mcp.tools import tools
from tests.server import http
from tests.server.http import LEGACY, MODERN, Running, ask, call, get, message, post

NAMES = sorted(tools())
SEARCH = {
    "layers": ["resnet50(num_classes=classes, in_channels=channels)", "Linear(classes, width)"],
    "unknowns": {"classes": [1, 60], "channels": [1, 60], "width": [1, 60]},
    "target": 24_000_000,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with http.serving(
        tmp_path_factory.mktemp("server"), "--call-seconds", "2", "--processes", "1", "--waiting", "1", "--rate", "0"
    ) as running:
        yield running


@pytest.mark.parametrize("era", [MODERN, LEGACY])
def test_the_same_tools_in_both_eras(server: Running, era: str) -> None:
    listed = ask(server.port, post(message("tools/list", {}, era=era), era=era)).json["result"]["tools"]
    assert [tool["name"] for tool in listed] == NAMES
    answer = ask(server.port, post(call("conv_layer_params", http.CALL, era=era), era=era))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.structure["total"] == 896
    assert "28 × 32 = 896" in answer.text
    large = ask(server.port, post(call("network_params", {"layers": "resnet50()"}, era=era), era=era))
    assert large.structure["totals"]["parameters"] == 25_557_032
    refused = ask(server.port, post(call("conv_layer_params", {"kernal_size": 3}, era=era), era=era)).json["result"]
    assert refused["isError"]
    assert "kernel_size" in refused["content"][0]["text"]


@pytest.mark.parametrize("era", [MODERN, LEGACY])
def test_a_call_that_is_repeated_has_the_same_answer(server: Running, era: str) -> None:
    arguments = {**http.CALL, "in_channels": 7}
    first, second = (ask(server.port, post(call("conv_layer_params", arguments, era=era), era=era)) for _ in range(2))
    assert first.body == second.body
    other = ask(server.port, post(call("conv_layer_params", {**arguments, "bias": False}, era=era), era=era))
    assert other.structure["total"] == first.structure["total"] - 32


def test_a_repeated_call_is_checked_as_ever(server: Running) -> None:
    ask(server.port, post(call("conv_layer_params", http.CALL)))
    malformed = call("conv_layer_params", http.CALL)
    malformed["params"]["_meta"]["progressToken"] = {"not": "a token"}
    assert ask(server.port, post(malformed)).json["error"]["code"] == -32602


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
def test_what_would_hold_a_stream_open_gets_405(server: Running, method: str) -> None:
    answer = (
        ask(server.port, get("/mcp", Accept="text/event-stream").replace(b"GET", method.encode(), 1), 5)
        if method != "HEAD"
        else None
    )
    if answer is not None:
        assert answer.status == 405
        assert answer.headers["allow"] == "POST"


def test_health_and_metrics(server: Running) -> None:
    alive = ask(server.port, get("/health", Host="10.0.0.7:8000"))
    assert (alive.status, alive.json["status"]) == (200, "alive")
    assert ask(server.port, get("/health/ready")).json == {"status": "ready"}
    ask(server.port, post(call("conv_layer_params", http.CALL)))
    ask(server.port, post(call("nonsense", {})))
    text = ask(server.port, get("/metrics")).body.decode()
    assert 'paramcount_calls_total{outcome="answered",tool="conv_layer_params"}' in text
    assert 'paramcount_calls_total{outcome="refused",tool="unknown"}' in text
    assert 'paramcount_requests_total{path="/mcp",status="200"}' in text
    assert "paramcount_call_seconds_bucket" in text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:80"}, 421),
        ({"Host": "127.0.0.1:80:80"}, 421),
        ({"Host": "localhost:8000"}, 200),
        ({"Host": "LOCALHOST"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "http://localhost:6274"}, 200),
    ],
)
def test_hosts_and_origins_are_checked(server: Running, headers: dict[str, str], status: int) -> None:
    answer = ask(server.port, post(call("conv_layer_params", http.CALL), **headers))
    assert answer.status == status
    if status == 200 and "Origin" in headers:
        assert answer.headers["access-control-allow-origin"] == headers["Origin"]
    assert ask(server.port, get("/metrics", **headers)).status == status


def test_a_page_may_ask_beforehand(server: Running) -> None:
    asked = get("/mcp", Origin="http://localhost:6274", Access_Control_Request_Method="POST").replace(
        b"GET", b"OPTIONS"
    )
    answer = ask(server.port, asked)
    assert answer.status == 200
    assert "POST" in answer.headers["access-control-allow-methods"]


def test_a_body_has_a_bound(server: Running) -> None:
    large = call("network_params", {"layers": "ReLU(), " * 40_000})
    answer = ask(server.port, post(large))
    assert answer.status == 413
    chunked = (
        post(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked") + b"10000\r\n" + b" " * 65536 + b"\r\n"
    )
    assert ask(server.port, chunked + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 4).status == 413


def test_calls_over_their_bounds_end_as_clear_errors_while_others_are_answered(server: Running) -> None:
    async def talk() -> list[Any]:
        tasks = [asyncio.create_task(http.exchange(server.port, post(call("fit_to_budget", SEARCH)))) for _ in range(4)]
        await asyncio.sleep(0.3)
        start = time.perf_counter()
        quick = await http.exchange(server.port, post(call("conv_layer_params", {**http.CALL, "in_channels": 11})))
        taken = time.perf_counter() - start
        assert quick.structure["total"] == 3200
        assert taken < 1
        return [(answer.json["result"]["isError"], answer.text) for answer in await asyncio.gather(*tasks)]

    answers = asyncio.run(talk())
    assert all(is_error for is_error, _ in answers)
    said = sorted(text for _, text in answers)
    assert sum("calls wait already" in text for text in said) == 2
    assert sum("was stopped after" in text for text in said) == 2
    text = ask(server.port, get("/metrics")).body.decode()
    assert 'paramcount_calls_total{outcome="overloaded",tool="fit_to_budget"} 2.0' in text


async def shown(port: int, line: str) -> None:
    """Wait until a figure is there."""
    async with asyncio.timeout(20):
        while line not in (await http.exchange(port, get("/metrics"))).body.decode():
            await asyncio.sleep(0.05)


def test_a_client_that_vanishes_takes_its_call_with_it(server: Running) -> None:
    async def vanish() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(post(call("fit_to_budget", {**SEARCH, "target": 23_000_000})))
        await shown(server.port, "paramcount_processes_busy 1.0")
        start = time.perf_counter()
        writer.transport.abort()
        await shown(server.port, "paramcount_processes_busy 0.0")
        assert time.perf_counter() - start < 1.5, "the call went on"

    asyncio.run(vanish())
    assert ask(server.port, post(call("network_params", {"layers": "vgg11()"}))).status == 200


def test_a_line_is_logged_for_each_call_without_what_it_held(server: Running) -> None:
    ask(server.port, post(call("network_params", {"layers": "Linear(424242, 2)"})))
    ask(server.port, get("/mcp?token=secret-in-the-address"))
    lines = server.lines
    last = [line for line in lines if line["event"] == "call"][-1]
    assert last["tool"] == "network_params"
    assert last["outcome"] == "answered"
    assert last["ms"] > 0
    assert last["bytes"] > 100
    assert last["client"] == "127.0.0.1"
    text = server.log.read_text()
    assert "424242" not in text
    assert "secret-in-the-address" not in text


def test_arguments_are_logged_when_that_is_asked_for_and_rates_are_held(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with http.serving(
        tmp_path, "--log-content", "--rate", "1", "--burst", "3", "--log-file", str(log), log=log
    ) as running:
        request = post(call("conv_layer_params", {**http.CALL, "in_channels": 424242}))
        answers = [ask(running.port, request) for _ in range(6)]
        assert [answer.status for answer in answers] == [200, 200, 200, 200, 429, 429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 2
        assert ask(running.port, get("/health")).status == 200
        time.sleep(1.2)
        assert ask(running.port, request).status == 200
        time.sleep(0.3)
        assert running.stop() == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert "424242" in next(line for line in lines if line["event"] == "call")["content"]


def test_several_workers_share_the_port_and_the_figures(tmp_path: Path) -> None:
    with http.serving(tmp_path, "--workers", "2", "--processes", "1") as running:

        async def talk() -> None:
            request = post(call("conv_layer_params", http.CALL))
            answers = await asyncio.gather(*(http.exchange(running.port, request) for _ in range(40)))
            assert [answer.structure["total"] for answer in answers] == [896] * 40

        asyncio.run(talk())
        for _ in range(5):
            text = ask(running.port, get("/metrics")).body.decode()
            assert 'paramcount_calls_total{outcome="answered",tool="conv_layer_params"} 40.0' in text
        processes = running.family()
        assert len(processes) >= 5
        assert running.stop() == 0
    for _ in range(50):
        left = [one for one in processes if Path(f"/proc/{one}").exists()]
        if not left:
            return
        time.sleep(0.1)
    raise AssertionError(f"still there: {left}")
