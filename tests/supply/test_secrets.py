"""No secret is in the tree; each form of one would be found."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from supply.secrets import FORMS, INVENTED, secrets_in, secrets_in_files

LETTERS = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
SAMPLES = {
    "a private key": "-----BEGIN RSA PRIVATE " + "KEY-----\n" + LETTERS,
    "a key of a cloud": "AKI" + "A1234567890ABCDEF",
    "a token of a code host": "gh" + "p_" + LETTERS,
    "a token of a package registry": "npm" + "_" + LETTERS,
    "a token of a chat": "xox" + "b-" + LETTERS,
    "a signed token": "ey" + "Jhbdef12345.ey" + "Jzdwxyz67890." + LETTERS,
    "an Aeries certificate": "477abe" + "9e7d27439681d62f4e0de1f5e2",
    "something that is called a secret": "webhook_secret" + f' = "{LETTERS}"',
}
"""One of each, put together here so that this file itself holds none."""


def test_no_secret_is_in_the_tree() -> None:
    assert secrets_in_files() == []


@pytest.mark.parametrize("what", FORMS)
def test_each_form_is_found_with_its_line(what: str) -> None:
    assert list(secrets_in(f"first\nsecond {SAMPLES[what]} end\n")) == [(2, what)]


@pytest.mark.parametrize(
    "text",
    [
        *INVENTED,
        "certificate = os.environ['AERIES_CERTIFICATE_OF_THE_DISTRICT_1']",
        "blake2b$2ebfe8e8a9b733bc2b4e782d28c059a0$41509a",
        "sha256:" + "0a" * 32,
        "commit " + "0a" * 20,
        "-----BEGIN CERTIFICATE-----",
        'token = "a sentence that is longer than twenty-four characters 1"',
        "11112222333344445555666677778888",
    ],
)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert list(secrets_in(text)) == []


def test_a_file_that_was_just_added_is_read_and_one_that_is_ignored_is_not(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("local\n")
    for name in ("new.toml", "local"):
        (tmp_path / name).write_text(SAMPLES["an Aeries certificate"])
    assert secrets_in_files(tmp_path) == ["new.toml:1: an Aeries certificate"]
