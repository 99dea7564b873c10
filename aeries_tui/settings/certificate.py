"""Where a certificate, or another secret, lives, and how it is fetched from there."""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aeries_tui import processes
from aeries_tui.errors import ConfigurationError
from aeries_tui.secret import Secret
from aeries_tui.text import without_quotes
from aeries_tui.trust import run_named

COMMAND_TIMEOUT = 30.0
"""Seconds a certificate command may take."""

KEYRING_SERVICE = "aeries-tui"
"""The name under which certificates stand in the keyring; the district's name is the user there."""

_SYSTEMD_DIR_VARIABLE = "CREDENTIALS_DIRECTORY"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SYSTEMD_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_MOST = 4096
_LABEL = re.compile(
    r"""(?:-H\s*)?["']?(?:AERIES-CERT|(?:Aeries\s+)?(?:API\s+)?cert(?:ificate)?)["']?\s*[:=]\s*""",
    re.IGNORECASE,
)
"""What people copy along: the label of the page, of a mail, of a setting, the header of curl."""

_USUAL = re.compile(r"[A-Za-z0-9]{32}")
"""What Aeries issues (contract, section 2)."""


@dataclass(frozen=True)
class InFile:
    """The certificate stands in credentials.toml itself, which is 0600."""

    certificate: Secret


@dataclass(frozen=True)
class InEnvironment:
    """The certificate stands in an environment variable."""

    variable: str


@dataclass(frozen=True)
class FromCommand:
    """A command prints the certificate as its first line, as `pass show …` does; no shell runs it."""

    command: tuple[str, ...]


@dataclass(frozen=True)
class InKeyring:
    """The certificate stands in the desktop's key store; needs the extra `keyring`."""


@dataclass(frozen=True)
class FromSystemd:
    """systemd hands the certificate to the service (LoadCredential=); only the service can read it."""

    name: str


SecretSource = InFile | InEnvironment | FromCommand | FromSystemd
"""Where any secret may live."""

CertificateSource = SecretSource | InKeyring
"""Where a certificate may live."""


def where(source: CertificateSource) -> str:
    """Where the certificate lives, for `check` and the screens: "the environment variable X"."""
    match source:
        case InFile():
            return "the credentials file"
        case InEnvironment(variable):
            return f"the environment variable {variable}"
        case FromCommand(command):
            return f"the command {Path(command[0]).name}"
        case InKeyring():
            return "the keyring"
        case FromSystemd(name):
            return f"the systemd credential {name}"


def valid_variable(name: str) -> bool:
    """Whether `name` can be an environment variable's."""
    return _VARIABLE.fullmatch(name) is not None


def valid_systemd_name(name: str) -> bool:
    """Whether `name` can be a systemd credential's, and so a file's."""
    return _SYSTEMD_NAME.fullmatch(name) is not None


def resolve_certificate(
    district: str,
    source: CertificateSource,
    *,
    env: Mapping[str, str] | None = None,
    run: processes.Runner = run_named,
) -> Secret:
    """Fetch the certificate from where it lives.

    Args:
        district: the district's name, for messages and as the user in the keyring.
        source: where the certificate lives.
        env: the environment; None for this process's own.
        run: what runs a certificate command.

    Raises:
        ConfigurationError: it is not there, or what is there can't be a certificate; never
            says what was found.
    """
    what = f"certificate of {district}"
    if isinstance(source, InKeyring):
        text = _from_keyring(district)
    else:
        text = _text_of(what, source, os.environ if env is None else env, run)
    return check_certificate(text, f"The {what} from {where(source)}")


def resolve_secret(
    what: str,
    source: SecretSource,
    *,
    env: Mapping[str, str] | None = None,
    run: processes.Runner = run_named,
) -> Secret:
    """Fetch a secret that is no certificate from where it lives.

    Args:
        what: its name in messages, after "the".
        source, env, run: as for `resolve_certificate`.

    Raises:
        ConfigurationError: it is not there, or no request header could hold it; never says what was found.
    """
    trimmed = _text_of(what, source, os.environ if env is None else env, run).strip()
    if not may_be_secret(trimmed):
        raise _unavailable(
            f"The {what} from {where(source)} is empty, or holds blanks, line breaks or letters beyond ASCII.",
            "Set it anew: one word of letters, digits and signs.",
        )
    return Secret(trimmed)


def may_be_secret(text: str) -> bool:
    """Whether `text` can be a certificate or another secret: one word that a request header can hold."""
    return len(text) <= _MOST and re.fullmatch(r"[!-~]+", text) is not None


def _text_of(what: str, source: SecretSource, env: Mapping[str, str], run: processes.Runner) -> str:
    """What is there, unchecked."""
    match source:
        case InFile(secret):
            return secret.reveal()
        case InEnvironment(variable):
            return _from_environment(what, variable, env)
        case FromCommand(command):
            return _from_command(what, command, env, run)
        case FromSystemd(name):
            return _from_systemd(what, name, env)


def check_certificate(text: str, what: str = "The certificate") -> Secret:
    """The certificate in what somebody pasted, as a secret.

    Left out are blanks, quotes and a label around it ("AERIES-CERT: ..."). Of several lines the first counts where it
    is a whole certificate; one that was broken over lines or parted by blanks is put together where that makes one.
    Aeries issues 32 letters and digits; anything that can stand in a request header is let through, since only
    Aeries can say whether it is right.

    Raises:
        ConfigurationError: it can't be one; says why, never what was pasted.
    """
    trimmed = _taken_from(text)
    if not trimmed:
        raise _unavailable(f"{what} is empty.", "Enter the certificate anew.")
    if "://" in trimmed:
        raise _unavailable(
            f"{what} can't be one: it holds a web address.",
            "Copy the certificate alone from Aeries: Security > API Security; it is 32 letters and digits.",
        )
    if not may_be_secret(trimmed):
        raise _unavailable(
            f"{what} can't be one: it holds blanks, line breaks or letters that no certificate has.",
            "Copy it once more from Aeries: Security > API Security; it is 32 letters and digits.",
        )
    return Secret(trimmed)


def unusual_length(certificate: Secret) -> str:
    """A sentence about a certificate that is not as long as those of Aeries; blank for one that is."""
    length = len(certificate.reveal())
    return "" if length == 32 else f"The certificate has {length} characters; those of Aeries have 32."


def _taken_from(pasted: str) -> str:
    """What is pasted without what stands around the certificate."""
    inner = _unlabelled(pasted)
    first = _unlabelled(inner.splitlines()[0]) if inner else ""
    joined = "".join(inner.split())
    return next((one for one in (first, joined) if _USUAL.fullmatch(one)), inner)


def _unlabelled(text: str) -> str:
    bare = without_quotes(text)
    label = _LABEL.match(bare)
    return without_quotes(bare[label.end() :]) if label else bare


def keep_in_keyring(district: str, certificate: Secret) -> None:
    """Put the certificate of a district into the keyring; ConfigurationError when there is none."""
    keyring = _keyring()
    try:
        keyring.set_password(KEYRING_SERVICE, district, certificate.reveal())
    except keyring.errors.KeyringError as error:
        raise _keyring_refused(error) from None


def forget_in_keyring(district: str) -> None:
    """Take the certificate of a district out of the keyring; nothing happens when it is not there."""
    keyring = _keyring()
    try:
        keyring.delete_password(KEYRING_SERVICE, district)
    except keyring.errors.PasswordDeleteError:
        return
    except keyring.errors.KeyringError as error:
        raise _keyring_refused(error) from None


def _from_environment(what: str, variable: str, env: Mapping[str, str]) -> str:
    if not env.get(variable, "").strip():
        raise _unavailable(
            f"The {what} should stand in the environment variable {variable}, which is not set here.",
            f"Set {variable} where aeries-tui is started (for the service: in its EnvironmentFile).",
        )
    return env[variable]


def _from_command(what: str, command: tuple[str, ...], env: Mapping[str, str], run: processes.Runner) -> str:
    ended = run(command, timeout=COMMAND_TIMEOUT, env=env)
    # What the command printed stays unsaid, also on standard error: it may hold the certificate.
    program = Path(command[0]).name
    if not ended.ok:
        raise _unavailable(
            f"The command for the {what} ({program}) {ended.in_words()}.",
            "Run it by hand as the same user, without a terminal (add </dev/null), and see what it says.",
        )
    lines = ended.stdout.decode("utf-8", "replace").splitlines()
    return lines[0] if lines else ""


def _from_systemd(what: str, name: str, env: Mapping[str, str]) -> str:
    directory = env.get(_SYSTEMD_DIR_VARIABLE, "")
    if not directory:
        raise _unavailable(
            f"The {what} is a systemd credential ({name}), which only the service gets.",
            "Start the service with systemctl, or keep it somewhere else for work by hand.",
        )
    try:
        return (Path(directory) / name).read_text("utf-8", "replace")
    except OSError as error:
        raise _unavailable(
            f"The systemd credential {name}, the {what}, can't be read: {error.strerror}.",
            f"See that the service has LoadCredential={name}:PATH and that PATH is there.",
        ) from None


def _from_keyring(district: str) -> str:
    keyring = _keyring()
    try:
        found = keyring.get_password(KEYRING_SERVICE, district)
    except keyring.errors.KeyringError as error:
        raise _keyring_refused(error) from None
    if not found:
        raise _unavailable(
            f"The keyring holds no certificate of {district}.",
            f"Enter the certificate anew, or: keyring set {KEYRING_SERVICE} '{district}'",
        )
    return str(found)


def _keyring() -> Any:
    """The optional package, with its errors loaded."""
    try:
        importlib.import_module("keyring.errors")
        return importlib.import_module("keyring")
    except ImportError:
        raise _unavailable(
            "The certificate should stand in the keyring, but the package keyring is not installed.",
            "Install it: pip install 'keyring>=25,<26' in the program's environment. On a server, keep the certificate in the "
            "credentials file instead.",
        ) from None


def _keyring_refused(error: Exception) -> ConfigurationError:
    """The key store's kind of refusal by its class; its text is left out."""
    return _unavailable(
        f"The keyring can't be used here ({type(error).__name__}).",
        "Unlock it, or keep the certificate in the credentials file: a server seldom has a keyring.",
    )


def _unavailable(message: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(message, meaning="Aeries was not asked; nothing was changed.", remedy=remedy)
