"""How the HTTP server is to run: options, the environment, and a settings file, in this order.

Every field is an option (`--body-limit`), a variable (`PARAMCOUNT_HTTP_BODY_LIMIT`) and a name in a TOML file
(`body_limit`). Whatever is wrong is named before a port is opened.
"""

import argparse
import ipaddress
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast, get_origin, override

from pydantic import AnyHttpUrl, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from paramcount.errors import closest, shown

PREFIX = "PARAMCOUNT_HTTP_"
PATH = "/mcp"
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


class SettingsError(Exception):
    """Settings that cannot be served with; `str()` of it has a line for each."""


def _split(value: object) -> object:
    """Take "a, b" apart, as variables hold lists."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Names = Annotated[list[str], NoDecode, BeforeValidator(_split)]


class HttpSettings(BaseSettings):
    """Everything that can be set of the HTTP server."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, url_preserve_empty_path=True)

    host: Annotated[str, Field(description="address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="port to listen on; 0 takes a free one")] = 8000
    workers: Annotated[int, Field(ge=1, le=64, description="server processes that share the port")] = 1
    public_url: Annotated[
        AnyHttpUrl | None,
        Field(description="address that clients use, such as https://paramcount.example/mcp; it is named in refusals"),
    ] = None
    allowed_host: Annotated[
        Names,
        Field(
            description="Host headers to accept: name:port, name:* for any port, * for all; on loopback the names of "
            "loopback unless told"
        ),
    ] = []
    allowed_origin: Annotated[
        Names,
        Field(
            description="origins of browser pages that may call, such as https://app.example or http://localhost:*; "
            "on loopback the pages of loopback unless told, elsewhere none"
        ),
    ] = []
    trusted_proxy: Annotated[
        Names, Field(description="addresses or networks of proxies whose X-Forwarded-For is believed")
    ] = []

    token_file: Annotated[
        Path | None,
        Field(description="file with bearer tokens, a line each: NAME TOKEN; it is read anew when it changes"),
    ] = None
    jwt_issuer: Annotated[
        AnyHttpUrl | None, Field(description="OAuth authorization server whose JWTs are accepted (their iss)")
    ] = None
    jwt_audience: Annotated[
        str | None, Field(description="what the JWTs must be made out to (their aud); the public URL unless told")
    ] = None
    jwks_url: Annotated[AnyHttpUrl | None, Field(description="address of the authorization server's keys")] = None
    required_scope: Annotated[Names, Field(description="scopes that a JWT must hold")] = []
    no_auth: Annotated[bool, Field(description="let everybody in, though the address is not loopback")] = False

    allow_root: Annotated[
        list[Path],
        NoDecode,
        BeforeValidator(_split),
        Field(description="let read_model read files below this folder of the server"),
    ] = []

    body_limit: Annotated[int, Field(ge=1024, le=2**24, description="bytes of one request")] = 256 * 1024
    requests: Annotated[
        int, Field(ge=1, le=100_000, description="requests in work at once, for each worker; more get 503 at once")
    ] = 512
    connections: Annotated[
        int, Field(ge=1, le=100_000, description="open connections, for each worker; more are closed at once")
    ] = 4096
    rate: Annotated[
        float | None,
        Field(
            ge=0, le=1e6, description="requests a second for each client and worker; 50 unless told, on loopback 0: any"
        ),
    ] = None
    burst: Annotated[int, Field(ge=1, le=10**6, description="requests a client may make at once above its rate")] = 100
    call_seconds: Annotated[float, Field(gt=0, le=600, description="seconds that one call may take")] = 20
    call_memory: Annotated[int, Field(ge=64, le=2**16, description="MiB that one call may take")] = 512
    processes: Annotated[
        int,
        Field(
            ge=1,
            le=64,
            description="processes for calls of more than a moment, for each worker; one a core unless told",
        ),
    ] = os.cpu_count() or 1
    waiting: Annotated[
        int, Field(ge=0, le=10_000, description="calls that may wait for such a process, for each worker")
    ] = 64
    request_seconds: Annotated[
        float, Field(gt=0, le=600, description="seconds within which a whole request must have arrived")
    ] = 10
    write_seconds: Annotated[
        float, Field(gt=0, le=600, description="seconds that a client may leave an answer unread")
    ] = 20
    idle_seconds: Annotated[
        int, Field(ge=1, le=3600, description="seconds that a connection is kept between two requests")
    ] = 75
    shutdown_seconds: Annotated[
        int, Field(ge=1, le=600, description="seconds that calls in work are given when the server is stopped")
    ] = 25

    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="least level that is logged")
    ] = "info"
    log_file: Annotated[Path | None, Field(description="file to append the log to; standard error unless told")] = None
    log_content: Annotated[bool, Field(description="log the arguments of calls too")] = False
    otlp_endpoint: Annotated[
        AnyHttpUrl | None,
        Field(description="where to send OpenTelemetry spans, such as http://localhost:4318/v1/traces"),
    ] = None

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)  # `read` puts the sources together

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can connect."""
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def requests_per_second(self) -> float:
        """Requests a second for each client; 0 for any number."""
        return (0 if self.on_loopback else 50) if self.rate is None else self.rate

    @property
    def hosts(self) -> list[str]:
        """The Host headers that are accepted."""
        if self.allowed_host:
            return self.allowed_host
        return [f"{name}:*" for name in (*LOOPBACK_NAMES, self.host)]

    @property
    def origins(self) -> list[str]:
        """The origins of browser pages that may call."""
        if self.allowed_origin or not self.on_loopback:
            return self.allowed_origin
        return [f"{scheme}://{name}:*" for scheme in ("http", "https") for name in LOOPBACK_NAMES]

    @property
    def resource(self) -> str:
        """This server's own address, as RFC 9728 calls it."""
        if self.public_url is not None:
            return str(self.public_url)
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{PATH}"

    @model_validator(mode="after")
    def _together(self) -> Self:
        jwt = {"jwt_issuer": self.jwt_issuer, "jwks_url": self.jwks_url}
        given = [name for name, value in jwt.items() if value is not None]
        if len(given) == 1:
            missing = next(name for name in jwt if name not in given)
            raise _wrong(missing, f"must be given with {_option(given[0])}")
        if not given and (self.jwt_audience is not None or self.required_scope):
            raise _wrong("jwt_issuer", "must be given with a JWT's audience or scopes")
        ways = [bool(given), self.token_file is not None, self.no_auth]
        if sum(ways) > 1:
            raise _wrong("no_auth", "and --token-file and --jwt-issuer exclude each other: give one")
        if not self.on_loopback:
            if not any(ways):
                raise _wrong(
                    "host",
                    f"is {self.host}, which others can reach: give --token-file, --jwt-issuer or --no-auth",
                )
            if not self.allowed_host:
                raise _wrong("allowed_host", f"must be given with --host {self.host}: the names clients use, or *")
        if given and self.jwt_audience is None and self.public_url is None:
            raise _wrong("jwt_audience", "or --public-url must be given with --jwt-issuer")
        for name in ("jwt_issuer", "jwks_url"):
            url = cast("AnyHttpUrl | None", getattr(self, name))
            if url is not None and url.scheme != "https" and url.host not in LOOPBACK_NAMES:
                raise _wrong(name, f"must be an https address, received {url}")
        return self


def _wrong(name: str, message: str) -> PydanticCustomError:
    return PydanticCustomError("together", "{message}", {"message": message, "name": name})


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def parser() -> argparse.ArgumentParser:
    """The options of `paramcount serve`."""
    made = argparse.ArgumentParser(
        prog="paramcount serve",
        description="Run the MCP server. Every option of HTTP may also stand in the environment, --body-limit as "
        f"{PREFIX}BODY_LIMIT, or in a TOML file, as body_limit = 262144; an option wins over the environment, which "
        "wins over the file. Options marked + may be given several times; in the environment commas part them.",
        argument_default=argparse.SUPPRESS,
    )
    made.add_argument(
        "--transport", choices=("stdio", "http"), default="stdio", help="how hosts connect (default: stdio)"
    )
    http = made.add_argument_group("with --transport http, and --allow-root with either")
    http.add_argument("--settings", metavar="FILE", help=f"TOML file with settings; also {PREFIX}SETTINGS")
    for name, field in HttpSettings.model_fields.items():
        described = (field.description or "").replace("%", "%%")
        if field.annotation is bool:
            http.add_argument(_option(name), action="store_true", help=described)
            continue
        several = get_origin(field.annotation) is list
        default = "" if field.default in (None, []) else f" (default: {field.default})"
        http.add_argument(
            _option(name),
            action="append" if several else "store",
            metavar=name.rsplit("_", 1)[-1].upper(),
            help=f"{'+ ' if several else ''}{described}{default}",
        )
    return made


def read(options: dict[str, Any]) -> HttpSettings:
    """Put the options, the environment and the file together.

    Raises:
        SettingsError: what is wrong, a line for each.
    """
    given = {name: value for name, value in options.items() if name != "transport"}
    file = given.pop("settings", None) or os.environ.get(f"{PREFIX}SETTINGS")
    unknown = [line for name in sorted(os.environ) if name.startswith(PREFIX) and (line := _unknown(name))]
    if unknown:
        raise SettingsError("\n".join(unknown))
    try:
        in_file = _file(file)
        return HttpSettings(**{**in_file, **EnvSettingsSource(HttpSettings)(), **given})
    except ValidationError as error:
        raise SettingsError("\n".join(map(partial(_explained, file), error.errors(include_url=False)))) from None


def _file(name: str | None) -> dict[str, Any]:
    if name is None:
        return {}
    if not Path(name).is_file():
        raise SettingsError(f"--settings: there is no file {name}")
    try:
        return TomlConfigSettingsSource(HttpSettings, Path(name))()
    except (OSError, ValueError) as error:
        raise SettingsError(f"--settings: {name} cannot be read as TOML: {error}") from None


def _unknown(variable: str) -> str:
    name = variable.removeprefix(PREFIX).lower()
    known = [*HttpSettings.model_fields, "settings"]
    return "" if name in known else f"{variable}: there is no such setting.{closest(name, known)}"


def _explained(file: str | None, problem: Any) -> str:
    context = problem.get("ctx", {})
    name = str(context.get("name") or (problem["loc"][0] if problem["loc"] else ""))
    if problem["type"] == "extra_forbidden":
        return f"{name} in {file}: there is no such setting.{closest(name, HttpSettings.model_fields)}"
    if problem["type"] == "together":
        return f"{_option(name)} {problem['msg']}"
    message = str(problem["msg"])
    return (
        f"{_option(name)} ({PREFIX}{name.upper()}): {message[:1].lower()}{message[1:]}, "
        f"received {shown(problem.get('input'))}"
    )


def arguments(sent: Sequence[str]) -> dict[str, Any]:
    """Read the options of `paramcount serve`; what is wrong ends the program with exit code 2."""
    return vars(parser().parse_args(sent))


def check_for_stdio(options: Mapping[str, object]) -> None:
    """Refuse options that mean nothing without HTTP; the program ends with exit code 2."""
    useless = sorted(options.keys() - {"transport", "allow_root"})
    if useless:
        parser().error(f"{_option(useless[0])} needs --transport http")
