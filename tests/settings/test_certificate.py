"""A certificate is fetched from where it lives, and a failure says how, never what."""

import sys
import types
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from aeries_tui.errors import ConfigurationError
from aeries_tui.processes import Finished
from aeries_tui.secret import Secret
from aeries_tui.settings import (
    CertificateSource,
    Credential,
    FromCommand,
    FromSystemd,
    InEnvironment,
    InFile,
    InKeyring,
    resolve_certificate,
    resolve_secret,
)
from aeries_tui.settings.certificate import (
    COMMAND_TIMEOUT,
    check_certificate,
    forget_in_keyring,
    keep_in_keyring,
    unusual_length,
    where,
)

CERTIFICATE = "Zk3vQ9xw77TlPqRs01MnBbCcDd5Ee6Ff"


def refused(source: CertificateSource, env: Mapping[str, str] | None = None, **how: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        resolve_certificate("Lincoln", source, env=env or {}, **how)  # type: ignore[arg-type]
    error: BaseException | None = caught.value
    while error is not None:
        assert CERTIFICATE not in f"{error!r} {vars(error)}"
        error = error.__cause__
    assert caught.value.meaning == "Aeries was not asked; nothing was changed."
    return " ".join(caught.value.lines())


def test_it_stands_in_the_file() -> None:
    assert Credential("x", "u", InFile(Secret(CERTIFICATE))).resolve().reveal() == CERTIFICATE


def test_it_stands_in_a_variable() -> None:
    found = resolve_certificate("x", InEnvironment("V"), env={"V": CERTIFICATE + "\n"})
    assert found == Secret(CERTIFICATE)


@pytest.mark.parametrize("env", [{}, {"V": ""}, {"V": " \n"}])
def test_a_missing_variable_is_named(env: dict[str, str]) -> None:
    assert "environment variable V, which is not set here" in refused(InEnvironment("V"), env)


def test_a_command_prints_it() -> None:
    source = FromCommand((sys.executable, "-c", f"print('{CERTIFICATE}\\nurl: https://x')"))
    assert resolve_certificate("x", source).reveal() == CERTIFICATE


def test_the_command_is_run_without_a_shell_and_with_a_time_limit() -> None:
    calls: list[tuple[Sequence[str], float]] = []

    def runner(
        argv: Sequence[str], *, timeout: float, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> Finished:
        calls.append((argv, timeout))
        return Finished("exited", 0, b" " + CERTIFICATE.encode() + b" \r\n")

    found = resolve_certificate("x", FromCommand(("pass", "show", "$(rm -rf /)")), env={}, run=runner)
    assert found.reveal() == CERTIFICATE
    assert calls == [(("pass", "show", "$(rm -rf /)"), COMMAND_TIMEOUT)]


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (Finished("exited", 3, CERTIFICATE.encode(), CERTIFICATE.encode()), "(pass) ended with status 3."),
        (Finished("timed_out", None, CERTIFICATE.encode()), "(pass) did not end in time."),
        (
            Finished("not_started", None, reason="No such file or directory"),
            "(pass) could not be started (No such",
        ),
        (Finished("exited", 0, b""), "from the command pass is empty."),
        (Finished("exited", 0, b"\n" + CERTIFICATE.encode()), "from the command pass is empty."),
        (Finished("exited", 0, b"\xff\xfe"), "can't be one: it holds blanks, line breaks or letters"),
        (Finished("exited", 0, b"Enter passphrase: " + CERTIFICATE.encode()), "can't be one"),
    ],
)
def test_a_command_that_fails_says_how_and_not_what(ended: Finished, said: str) -> None:
    source = FromCommand(("/usr/bin/pass", "show", CERTIFICATE))
    assert said in refused(source, run=lambda argv, **how: ended)


def test_systemd_hands_it_to_the_service(tmp_path: Path) -> None:
    (tmp_path / "aeries").write_text(CERTIFICATE + "\n")
    env = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert resolve_certificate("x", FromSystemd("aeries"), env=env).reveal() == CERTIFICATE


def test_a_systemd_credential_is_only_there_for_the_service(tmp_path: Path) -> None:
    assert "which only the service gets" in refused(FromSystemd("aeries"))
    told = refused(FromSystemd("aeries"), {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert "can't be read: No such file or directory" in told
    assert "LoadCredential=aeries:PATH" in told


@pytest.mark.parametrize("text", ["", " ", "a b", "a\nb", "ä" * 32, "x" * 5000, "a\0b"])
def test_what_can_not_stand_in_a_header_is_no_certificate(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_certificate(text)
    assert not text.strip() or text not in str(caught.value)


@pytest.mark.parametrize(
    "pasted",
    [
        f'"{CERTIFICATE}"',
        f"'{CERTIFICATE}'\n",
        f"\u201c{CERTIFICATE}\u201d",
        f"<{CERTIFICATE}>",
        f"`{CERTIFICATE}`",
        f"\u200b\ufeff{CERTIFICATE}\u00a0",
        f"Certificate: {CERTIFICATE}",
        f"API Certificate : '{CERTIFICATE}'",
        f"AERIES-CERT: {CERTIFICATE}",
        f"-H 'AERIES-CERT: {CERTIFICATE}'",
        f'certificate = "{CERTIFICATE}"',
        f'"certificate": "{CERTIFICATE}",'.removesuffix(","),
        f"Certificate:\n{CERTIFICATE}\n",
        f"{CERTIFICATE[:20]}\n{CERTIFICATE[20:]}\n",
        f"  {CERTIFICATE[:8]} {CERTIFICATE[8:16]}\r\n{CERTIFICATE[16:]}",
        f"Certificate: {CERTIFICATE[:16]}\n  {CERTIFICATE[16:]}",
        f"{CERTIFICATE}\nurl: https://x.org",
        f"\n\nAERIES-CERT: {CERTIFICATE}\nAccept: application/json",
    ],
)
def test_a_certificate_is_found_in_what_was_pasted(pasted: str) -> None:
    assert check_certificate(pasted).reveal() == CERTIFICATE


@pytest.mark.parametrize(
    ("pasted", "why"),
    [
        (f"https://x.org/aeries/api/v5/schools?cert={CERTIFICATE}", "a web address"),
        (f"{CERTIFICATE} {CERTIFICATE}", "blanks, line breaks"),
        (f"{CERTIFICATE[:20]}\n{CERTIFICATE[:20]}", "blanks, line breaks"),
        ('""', "is empty"),
        ("Certificate:", "is empty"),
    ],
)
def test_what_holds_no_certificate_is_refused_by_name_and_not_repeated(pasted: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as caught:
        check_certificate(pasted)
    assert CERTIFICATE[:20] not in " ".join(caught.value.lines())


def test_another_length_than_that_of_aeries_is_told() -> None:
    assert unusual_length(Secret(CERTIFICATE)) == ""
    assert "has 16 characters" in unusual_length(Secret(CERTIFICATE[:16]))


def test_every_place_has_a_name() -> None:
    sources: list[CertificateSource] = [
        InFile(Secret(CERTIFICATE)),
        InEnvironment("V"),
        FromCommand(("/usr/bin/pass", "show", CERTIFICATE)),
        InKeyring(),
        FromSystemd("aeries"),
    ]
    assert [where(source) for source in sources] == [
        "the credentials file",
        "the environment variable V",
        "the command pass",
        "the keyring",
        "the systemd credential aeries",
    ]


def test_another_secret_lives_where_a_certificate_may(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text("s3cret\n")
    env = {"HOOK": " s3cret ", "CREDENTIALS_DIRECTORY": str(tmp_path)}
    for source in (
        InFile(Secret("s3cret")),
        InEnvironment("HOOK"),
        FromCommand((sys.executable, "-c", "print('s3cret')")),
        FromSystemd("hook"),
    ):
        assert resolve_secret("secret of the webhook", source, env=env).reveal() == "s3cret"


@pytest.mark.parametrize("found", ["", "two words", "s\u00e9cret"])
def test_what_can_be_no_secret_is_refused_unsaid(found: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        resolve_secret("secret of the webhook", InEnvironment("HOOK"), env={"HOOK": found})
    said = " ".join(caught.value.lines())
    assert "secret of the webhook" in said
    assert not found or found not in said


class KeyringError(Exception):
    """As keyring.errors.KeyringError."""


class PasswordDeleteError(KeyringError):
    """As keyring.errors.PasswordDeleteError."""


class KeyringErrors(types.ModuleType):
    """As the module keyring.errors."""

    KeyringError = KeyringError
    PasswordDeleteError = PasswordDeleteError


class Keyring(types.ModuleType):
    """A key store in memory with the interface of the package keyring."""

    def __init__(self) -> None:
        super().__init__("keyring")
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False
        self.errors = KeyringErrors("keyring.errors")

    def get_password(self, service: str, user: str) -> str | None:
        self._refuse_if_locked()
        return self.kept.get((service, user))

    def set_password(self, service: str, user: str, password: str) -> None:
        self._refuse_if_locked()
        self.kept[service, user] = password

    def delete_password(self, service: str, user: str) -> None:
        self._refuse_if_locked()
        if self.kept.pop((service, user), None) is None:
            raise PasswordDeleteError("not found")

    def _refuse_if_locked(self) -> None:
        if self.locked:
            raise KeyringError(f"locked, wanted {CERTIFICATE}")


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Keyring:
    made = Keyring()
    monkeypatch.setitem(sys.modules, "keyring", made)
    monkeypatch.setitem(sys.modules, "keyring.errors", made.errors)
    return made


def test_the_keyring_keeps_it(keyring: Keyring) -> None:
    keep_in_keyring("Lincoln", Secret(CERTIFICATE))
    assert keyring.kept == {("aeries-tui", "Lincoln"): CERTIFICATE}
    assert resolve_certificate("Lincoln", InKeyring()).reveal() == CERTIFICATE
    forget_in_keyring("Lincoln")
    forget_in_keyring("Lincoln")
    assert "The keyring holds no certificate of Lincoln" in refused(InKeyring())


def test_a_locked_keyring_is_said_without_its_words(keyring: Keyring) -> None:
    keyring.locked = True
    assert "The keyring can't be used here (KeyringError)" in refused(InKeyring())
    with pytest.raises(ConfigurationError, match="can't be used here"):
        keep_in_keyring("x", Secret(CERTIFICATE))
    with pytest.raises(ConfigurationError, match="can't be used here"):
        forget_in_keyring("x")


def test_a_missing_keyring_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "pip install 'keyring>=25,<26' in the program's environment" in refused(InKeyring())
