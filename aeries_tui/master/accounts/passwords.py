"""Passwords of accounts: random, shown once, kept only as a salted hash.

No person ever chooses one, so each has the 79 bits of its 16 random characters. Against that a
slow hash adds nothing: to try 2**79 passwords is out of reach at any speed, while scrypt for the
100,000 accounts of a first pull would take an hour. One pass of BLAKE2b with a salt for each
account keeps equal passwords (there are none) apart and is made in microseconds.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters and digits that look alike on paper."""

_GROUPS, _IN_GROUP = 4, 4
_SCHEME = "blake2b"
_PURPOSE = b"aeries-tui login"
_SALT_BYTES, _HASH_BYTES = 16, 32

NOBODY_KNOWS = ""
"""What is kept of an account without a password yet: none that is tried agrees with it."""


def new_password() -> str:
    """A random password of four groups, such as `k7mx-2hpa-wq9d-tn4e`."""
    number = secrets.randbits(160)  # so many more bits than used that no character is likelier than another
    groups = []
    for _ in range(_GROUPS):
        group = ""
        for _ in range(_IN_GROUP):
            number, place = divmod(number, len(_ALPHABET))
            group += _ALPHABET[place]
        groups.append(group)
    return "-".join(groups)


def hashed(password: str) -> str:
    """What is kept of a password: the scheme, a fresh salt and the hash."""
    return _kept(password, secrets.token_bytes(_SALT_BYTES))


def matches(password: str, kept: str) -> bool:
    """Whether this is the password of which `kept` was made; takes as long for a near miss as for any other."""
    if kept == NOBODY_KNOWS:
        return False
    scheme, salt, _ = kept.split("$")
    return scheme == _SCHEME and hmac.compare_digest(_kept(password, bytes.fromhex(salt)), kept)


def _kept(password: str, salt: bytes) -> str:
    digest = hashlib.blake2b(password.encode(), digest_size=_HASH_BYTES, salt=salt, person=_PURPOSE)
    return f"{_SCHEME}${salt.hex()}${digest.hexdigest()}"
