"""Who is let in: tokens from a file, JWTs of an authorization server, and what strangers are told."""

import base64
import contextlib
import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from paramcount_mcp.access import jwts, tokens
from paramcount_mcp.access.rates import Rates
from tests.server import http as wire
from tests.server.http import Answer, Running, ask, call, get, post

GOOD, OTHER = "a-token-of-enough-characters-1", "a-token-of-enough-characters-2"
AUDIENCE, ISSUER = "https://paramcount.example/mcp", "https://issuer.example"
SIGNING, FORGING = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
CURVE = ec.generate_private_key(ec.SECP256R1())
REQUEST = call("conv_layer_params", wire.CALL)


def key(private: Any, kid: str, algorithm: str = "RS256") -> dict[str, Any]:
    """A public key as a JWK."""
    made = jwt.get_algorithm_by_name(algorithm).to_jwk(private.public_key(), as_dict=True)
    return {**made, "kid": kid, "use": "sig", "alg": algorithm}


def token(private: Any = SIGNING, kid: str | None = "one", algorithm: str = "RS256", **claims: Any) -> str:
    """A JWT; a claim of None is left out."""
    now = int(time.time())
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "someone", "iat": now, "exp": now + 600, "scope": "read", **claims}
    present = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(present, private, algorithm, headers={"kid": kid} if kid else None)


def unsigned(**header: Any) -> str:
    """A JWT without a signature."""
    parts = ({"typ": "JWT", **header}, {"iss": ISSUER, "aud": AUDIENCE, "sub": "x", "exp": int(time.time()) + 600})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


@contextlib.contextmanager
def publishing(keys: list[dict[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """An authorization server's keys, over HTTP; yields the address, and every request for them."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps({"keys": keys}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/keys", asked
    finally:
        server.shutdown()
        server.server_close()


def sent(running: Running, bearer: str | None) -> Answer:
    return ask(running.port, post(REQUEST, **({"Authorization": f"Bearer {bearer}"} if bearer is not None else {})))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    folder = tmp_path_factory.mktemp("guarded")
    file = folder / "tokens"
    file.write_text(f"# who may call\nalice {GOOD}\n")
    with wire.serving(folder, "--token-file", str(file), "--rate", "0", "--processes", "1") as running:
        yield running, file


def test_a_token_lets_in_and_a_stranger_is_told_where_to_ask(guarded: tuple[Running, Path]) -> None:
    running, _ = guarded
    assert sent(running, GOOD).structure["total"] == 896
    nobody, wrong = sent(running, None), sent(running, "wrong")
    assert nobody.status == wrong.status == 401
    told = wrong.headers["www-authenticate"]
    assert 'error="invalid_token"' in told
    assert "error=" not in nobody.headers["www-authenticate"]
    address = told.split('resource_metadata="')[1].split('"')[0]
    metadata = ask(running.port, get("/" + address.split("/", 3)[3]))
    assert metadata.status == 200
    assert metadata.json["bearer_methods_supported"] == ["header"]
    assert metadata.json["resource"].endswith("/mcp")


@pytest.mark.parametrize(
    "path",
    [
        "/mcp/",
        "//mcp",
        "/mcp%2f",
        "/%6dcp",
        "/mcp;x",
        "/health/../mcp",
        "/.well-known/../mcp",
        "/MCP",
        "/mcp?x=1",
        "/metrics",
    ],
)
def test_no_spelling_of_a_path_goes_around_the_token(guarded: tuple[Running, Path], path: str) -> None:
    running, _ = guarded
    assert ask(running.port, post(REQUEST, path=path)).status in (401, 404)


@pytest.mark.parametrize(
    "authorization",
    [
        GOOD,
        f"Basic {GOOD}",
        f"Bearer{GOOD}",
        f"Bearer {GOOD}x",
        f"Bearer {GOOD[:-1]}",
        f"Bearer {GOOD.upper()}",
        f"Bearer {GOOD} {GOOD}",
        "Bearer ",
        "Bearer \t",
        "bearer " + "x" * 20_000,
        f"Bearer {GOOD}, Bearer {GOOD}",
        "Bearer \xe9\xff",
    ],
)
def test_what_is_no_token_does_not_let_in(guarded: tuple[Running, Path], authorization: str) -> None:
    running, _ = guarded
    request = post(REQUEST).replace(
        b"\r\n\r\n", b"\r\nAuthorization: " + authorization.encode("latin-1") + b"\r\n\r\n", 1
    )
    assert ask(running.port, request).status == 401


def test_two_authorizations_are_refused(guarded: tuple[Running, Path]) -> None:
    running, _ = guarded
    request = post(REQUEST, Authorization=f"Bearer {GOOD}").replace(
        b"\r\n\r\n", b"\r\nAuthorization: Bearer x\r\n\r\n", 1
    )
    assert ask(running.port, request).status == 400


def test_tokens_are_added_and_withdrawn_without_a_restart(guarded: tuple[Running, Path]) -> None:
    running, file = guarded
    before = file.read_text()
    assert sent(running, OTHER).status == 401
    file.write_text(f"bob {OTHER}\n")
    time.sleep(1.3)
    assert (sent(running, OTHER).status, sent(running, GOOD).status) == (200, 401)
    file.unlink()
    time.sleep(1.3)
    assert sent(running, OTHER).status == 200, "the tokens that were read last stay valid"
    file.write_text("bob tooshort\n")
    time.sleep(1.3)
    assert sent(running, OTHER).status == 200
    file.write_text("")
    time.sleep(1.3)
    assert sent(running, OTHER).status == 401, "an empty file withdraws all"
    file.write_text(before)
    time.sleep(1.3)
    assert sent(running, GOOD).status == 200
    text = "\n".join(map(json.dumps, running.lines))
    assert "cannot be read" in text
    assert "line 1: a token has at least" in text
    for secret in (GOOD, OTHER, "tooshort"):
        assert secret not in text


def test_the_log_names_the_caller(guarded: tuple[Running, Path]) -> None:
    running, _ = guarded
    sent(running, GOOD)
    assert [line for line in running.lines if line["event"] == "call"][-1]["client"] == "token alice"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("alice", "line 1: a line holds a name and a token"),
        ("# x\nalice short", "line 2: a token has at least 20 ASCII characters"),
        ("x" * (tokens.MAX_FILE + 1), "more than"),
        ("".join(f"n{i} {i:030}\n" for i in range(1001)), "has 1001 tokens; at most 1000 are read"),
    ],
)
def test_a_token_file_that_cannot_be_used_says_where(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "tokens"
    file.write_text(text)
    with pytest.raises(tokens.TokenFileError, match=said) as caught:
        tokens.read(file)
    assert "short" not in str(caught.value)


def test_strangers_who_guess_are_slowed_down(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"alice {GOOD}\n")
    with wire.serving(
        tmp_path, "--token-file", str(file), "--rate", "1", "--burst", "5", "--processes", "1"
    ) as running:
        statuses = [sent(running, f"guess-{n}-of-enough-characters").status for n in range(10)]
        assert statuses[:5] == [401] * 5
        assert statuses[-1] == 429


GOOD_TOKENS = {
    "as it should be": lambda: token(),
    "an elliptic curve": lambda: token(CURVE, "curve", "ES256"),
    "several audiences": lambda: token(aud=["https://other.example", AUDIENCE]),
    "scopes as a list": lambda: token(scope=None, scp=["read", "write"]),
}
BAD_TOKENS = {
    "expired": lambda: token(exp=int(time.time()) - 60),
    "not yet valid": lambda: token(nbf=int(time.time()) + 600),
    "never expires": lambda: token(exp=None),
    "another audience": lambda: token(aud="https://other.example/mcp"),
    "no audience": lambda: token(aud=None),
    "another issuer": lambda: token(iss="https://evil.example"),
    "no issuer": lambda: token(iss=None),
    "another key under a known name": lambda: token(FORGING),
    "a key nobody published": lambda: token(FORGING, "two"),
    "no name of a key": lambda: token(kid=None),
    "no signature": lambda: unsigned(alg="none", kid="one"),
    "no signature, in capitals": lambda: unsigned(alg="NONE", kid="one"),
    "a header that is not read": lambda: unsigned(alg="RS256", kid="one"),
    "a name of a key that is no text": lambda: unsigned(alg="RS256", kid=["one"]),
    "the wrong algorithm for the key": lambda: token(SIGNING, "one", "RS512"),
    "a shared secret": lambda: jwt.encode(
        {"iss": ISSUER, "aud": AUDIENCE, "exp": int(time.time()) + 600}, b"0" * 64, "HS256", headers={"kid": "secret"}
    ),
    "no token at all": lambda: "x.y.z",
    "a very long one": lambda: "x" * (jwts.MAX_TOKEN + 1),
}


@pytest.fixture(scope="module")
def published() -> Iterator[tuple[str, list[str]]]:
    secret = {
        "kty": "oct",
        "kid": "secret",
        "k": base64.urlsafe_b64encode(b"0" * 64).decode().rstrip("="),
        "alg": "HS256",
    }
    with publishing([key(SIGNING, "one"), key(CURVE, "curve", "ES256"), secret]) as address:
        yield address


@pytest.fixture(scope="module")
def checked(
    tmp_path_factory: pytest.TempPathFactory, published: tuple[str, list[str]]
) -> Iterator[tuple[Running, list[str]]]:
    address, asked = published
    options = ("--jwt-issuer", ISSUER, "--jwks-url", address, "--public-url", AUDIENCE, "--required-scope", "read")
    with wire.serving(tmp_path_factory.mktemp("checked"), *options, "--rate", "0", "--processes", "1") as running:
        yield running, asked


@pytest.mark.parametrize("name", GOOD_TOKENS)
def test_a_jwt_lets_in(checked: tuple[Running, list[str]], name: str) -> None:
    assert sent(checked[0], GOOD_TOKENS[name]()).status == 200


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_a_jwt_with_anything_wrong_does_not(checked: tuple[Running, list[str]], name: str) -> None:
    answer = sent(checked[0], BAD_TOKENS[name]())
    assert answer.status == 401
    assert (
        'resource_metadata="https://paramcount.example/.well-known/oauth-protected-resource/mcp"'
        in (answer.headers["www-authenticate"])
    )


def test_a_jwt_without_the_scope_is_told_which(checked: tuple[Running, list[str]]) -> None:
    answer = sent(checked[0], token(scope="write"))
    assert answer.status == 403
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert 'scope="read"' in answer.headers["www-authenticate"]


def test_made_up_keys_do_not_become_requests(checked: tuple[Running, list[str]]) -> None:
    running, asked = checked
    sent(running, token())
    before = len(asked)
    for number in range(50):
        assert sent(running, token(FORGING, f"made-up-{number}")).status == 401
    assert len(asked) - before <= 1


def test_metadata_names_the_authorization_server(checked: tuple[Running, list[str]]) -> None:
    found = ask(checked[0].port, get("/.well-known/oauth-protected-resource/mcp")).json
    assert found["resource"] == AUDIENCE
    assert found["authorization_servers"] == [ISSUER]
    assert found["scopes_supported"] == ["read"]


def test_no_jwt_reaches_the_log(checked: tuple[Running, list[str]]) -> None:
    running, _ = checked
    made = token()
    sent(running, made)
    sent(running, BAD_TOKENS["expired"]())
    text = running.log.read_text()
    assert made not in text
    assert "eyJ" not in text


def test_without_keys_the_server_is_alive_and_not_ready(tmp_path: Path) -> None:
    options = ("--jwt-issuer", ISSUER, "--jwks-url", "http://127.0.0.1:9/keys", "--public-url", AUDIENCE)
    with wire.serving(tmp_path, *options, "--processes", "1") as running:
        ready = ask(running.port, get("/health/ready"))
        assert ready.status == 503
        assert "keys" in ready.json["reason"]
        assert ask(running.port, get("/health")).status == 200
        assert sent(running, token()).status == 401


def test_keys_that_were_fetched_stay_valid_where_the_server_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[Any] = [{"keys": [key(SIGNING, "one")]}]

    def fetch() -> Any:
        if not published:
            raise OSError("nobody answers")
        return published[0]

    async def run() -> None:
        known = jwts.Jwts(ISSUER, AUDIENCE, jwts.Keys(fetch))
        assert await known.caller(token()) is not None
        published.clear()
        monkeypatch.setattr(jwts, "KEEP_SECONDS", -1)
        monkeypatch.setattr(jwts, "RETRY_SECONDS", -1)
        assert await known.caller(token()) is not None
        published.append({"keys": [key(FORGING, "two")]})
        assert await known.caller(token(FORGING, "two")) is not None, "new keys are found"
        assert await known.caller(token()) is None, "withdrawn keys are not"

    anyio.run(run)


def test_an_open_server_says_so_loudly(tmp_path: Path) -> None:
    options = ("--host", "0.0.0.0", "--no-auth", "--allowed-host", "127.0.0.1:*", "--processes", "1")  # noqa: S104
    with wire.serving(tmp_path, *options) as running:
        assert sent(running, None).status == 200
        warned = [line for line in running.lines if line["level"] == "warning"]
        assert "NO AUTHENTICATION" in warned[0]["message"]


def test_rates_hold_for_each_client_and_forget_the_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("paramcount_mcp.access.rates.time.monotonic", lambda: now[0])
    rates = Rates(10, 2)

    def let_in(client: str) -> bool:
        if rates.wait(client):
            return False
        rates.count(client)
        return True

    assert [let_in("a") for _ in range(5)] == [True, True, True, False, False]
    assert rates.wait("a") == pytest.approx(0.1)
    assert let_in("b")
    now[0] += 0.1
    assert [let_in("a"), let_in("a")] == [True, False]
    monkeypatch.setattr("paramcount_mcp.access.rates.MAX_CLIENTS", 3)
    for client in "cdefg":
        let_in(client)
    assert len(rates._due) <= 3


def test_a_token_is_compared_with_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    compared: list[int] = []
    file = tmp_path / "tokens"
    file.write_text("".join(f"n{i} {i:030}\n" for i in range(7)))
    known = tokens.TokenFile(file)
    real = tokens.hmac.compare_digest
    monkeypatch.setattr(tokens.hmac, "compare_digest", lambda a, b: compared.append(1) or real(a, b))
    found = anyio.run(known.caller, f"{0:030}")
    assert found is not None
    assert found.name == "n0"
    assert len(compared) == 7
