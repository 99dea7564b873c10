"""Posts an alarm to a webhook: verified TLS, a signature and a token from where secrets live, no redirect."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping
from urllib.parse import urlsplit

from aeries_tui.aeries.address import Address
from aeries_tui.aeries.proxies import proxy_for
from aeries_tui.secret import Secret
from aeries_tui.settings import Alarms, resolve_secret

SIGNATURE = "aeries-tui-signature"
"""The header with the moment and the signature of a post: `t=SECONDS,v1=HEX`."""


def headers_of(
    alarms: Alarms, content: bytes, moment: int, env: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The headers of one post, with what tells the receiver whom it is from, where the settings name it.

    Args:
        alarms: the settings.
        content: what is posted.
        moment: when, in seconds since 1970.
        env: where a secret may stand; None for this process's own environment.

    Raises:
        ConfigurationError: a secret is not where the settings say; holds none.
    """
    headers = {"content-type": "application/json", "user-agent": "aeries-tui"}
    if alarms.webhook_secret is not None:
        secret = resolve_secret("secret of the webhook", alarms.webhook_secret, env=env)
        headers[SIGNATURE] = signature(secret, content, moment)
    if alarms.webhook_token is not None:
        token = resolve_secret("token of the webhook", alarms.webhook_token, env=env)
        headers["authorization"] = f"Bearer {token.reveal()}"
    return headers


def signature(secret: Secret, content: bytes, moment: int) -> str:
    """HMAC-SHA256 over the moment, a dot and the content, so that an old post can't be sent again as a new one."""
    signed = hmac.new(secret.reveal().encode(), f"{moment}.".encode() + content, hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"


def post_json(address: str, content: bytes, headers: Mapping[str, str], seconds: float, ca_file: str) -> int:
    """Post with TLS verified and no redirect followed; gives the status, raises what httpx raises.

    Args:
        address: of the webhook.
        content: what is posted.
        headers: all that are sent beside httpx's own.
        seconds: each step may take so long.
        ca_file: a PEM file trusted besides the usual authorities; blank for none.
    """
    import httpx

    # httpx writes every address to its log, and that of a webhook is a secret.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    context = httpx.create_ssl_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    split = urlsplit(address)
    proxy = proxy_for(Address(split.scheme, split.hostname or "", split.port, "", ""))
    with (
        httpx.Client(
            verify=context, timeout=seconds, follow_redirects=False, trust_env=False,
            proxy=proxy.url if proxy else None,
        ) as client,
        client.stream("POST", address, content=content, headers=headers) as answer,
    ):  # fmt: skip
        return answer.status_code
