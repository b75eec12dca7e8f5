"""Settings of the HTTP server: three sources, and whatever is wrong is named before a port is opened."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from paramcount_mcp.settings import PREFIX, HttpSettings, SettingsError, arguments, parser, read

STRANGERS = ["--host", "0.0.0.0"]  # noqa: S104 - what is refused


def test_options_win_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('port = 1\nworkers = 2\nburst = 3\nallowed_host = ["a.example"]\n')
    monkeypatch.setenv("PARAMCOUNT_HTTP_WORKERS", "4")
    monkeypatch.setenv("PARAMCOUNT_HTTP_BURST", "5")
    monkeypatch.setenv("PARAMCOUNT_HTTP_ALLOWED_ORIGIN", "https://a.example, https://b.example")
    chosen = read(arguments(["--settings", str(file), "--burst", "7"]))
    assert (chosen.port, chosen.workers, chosen.burst) == (1, 4, 7)
    assert chosen.allowed_host == ["a.example"]
    assert chosen.allowed_origin == ["https://a.example", "https://b.example"]
    monkeypatch.setenv("PARAMCOUNT_HTTP_SETTINGS", str(file))
    assert read({}).port == 1


def test_every_setting_is_explained_in_help() -> None:
    text = parser().format_help()
    for name, field in HttpSettings.model_fields.items():
        assert f"--{name.replace('_', '-')}" in text
        assert field.description


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "99999"], "--port (PARAMCOUNT_HTTP_PORT): input should be less than or equal to 65535, received"),
        (["--workers", "0"], "--workers"),
        (["--rate", "fast"], "--rate (PARAMCOUNT_HTTP_RATE): input should be a valid number"),
        (STRANGERS, "--host is 0.0.0.0, which others can reach: give --token-file, --jwt-issuer or --no-auth"),
        ([*STRANGERS, "--no-auth"], "--allowed-host must be given with --host 0.0.0.0"),
        (["--host", "192.0.2.1", "--token-file", "x"], "--allowed-host must be given"),
        (["--jwt-issuer", "https://issuer.example"], "--jwks-url must be given with --jwt-issuer"),
        (["--jwks-url", "https://issuer.example/keys"], "--jwt-issuer must be given with --jwks-url"),
        (["--required-scope", "read"], "--jwt-issuer must be given"),
        (["--jwt-issuer", "https://a.example", "--jwks-url", "https://a.example/k"], "--jwt-audience or --public-url"),
        (
            ["--jwt-issuer", "http://a.example", "--jwks-url", "https://a.example/k", "--jwt-audience", "x"],
            "--jwt-issuer must be an https address",
        ),
        (["--no-auth", "--token-file", "x"], "exclude each other"),
        (["--settings", "missing.toml"], "--settings: there is no file missing.toml"),
        (["--log-level", "loud"], "--log-level"),
    ],
)
def test_what_is_wrong_names_itself(options: list[str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(arguments(options))
    assert said in str(caught.value)


def test_misspelt_names_are_found_in_the_file_and_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("body_limt = 3\n")
    with pytest.raises(SettingsError, match=r"body_limt in .*there is no such setting. Did you mean body_limit"):
        read(arguments(["--settings", str(file)]))
    file.write_text("port = = 3\n")
    with pytest.raises(SettingsError, match="cannot be read as TOML"):
        read(arguments(["--settings", str(file)]))
    monkeypatch.setenv("PARAMCOUNT_HTTP_WORKRS", "3")
    with pytest.raises(SettingsError, match=r"PARAMCOUNT_HTTP_WORKRS: there is no such setting. Did you mean workers"):
        read({})


@pytest.mark.parametrize(
    "options",
    [
        ["--port", "x"],
        ["--nonsense"],
        STRANGERS,
        ["--token-file", "/nowhere/tokens"],
        ["--log-file", "/nowhere/log"],
        ["--host", "192.0.2.7", "--no-auth", "--allowed-host", "*"],
    ],
)
def test_the_program_ends_with_2_and_says_why(options: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    command = [sys.executable, "-m", "paramcount", "serve", "--transport", "http", "--port", "0", *options]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)
    assert finished.returncode == 2, finished.stderr
    assert options[0] in finished.stderr or options[1] in finished.stderr
    assert "Traceback" not in finished.stderr
    assert "listening" not in finished.stderr


def test_options_of_http_need_http() -> None:
    command = [sys.executable, "-m", "paramcount", "serve", "--port", "1"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert finished.returncode == 2
    assert "--port needs --transport http" in finished.stderr


def test_what_needs_nothing_of_http_imports_nothing_of_it() -> None:
    program = (
        "import sys, paramcount.cli, paramcount_mcp.serve, paramcount_mcp.server\n"
        "sys.exit(', '.join({'pydantic_settings', 'prometheus_client', 'uvloop', 'httptools'} & set(sys.modules)) or 0)"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert finished.returncode == 0, finished.stderr
