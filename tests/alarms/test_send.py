"""Alarms arrive by command and webhook; a failing one is told and never raised."""

import hashlib
import hmac
import json
import logging
import os
import shutil
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from aeries_tui.alarms import Delivery, raise_alarms
from aeries_tui.alarms.webhook import post_json, signature
from aeries_tui.outcome import Outcome
from aeries_tui.processes import Finished
from aeries_tui.secret import Secret
from aeries_tui.settings import Alarms, InEnvironment, InFile
from documents import faults

from .conftest import Listener, Report, listening

KEEP = "import json, os, sys; json.dump([json.load(sys.stdin), dict(os.environ)], open(sys.argv[1], 'w'))"


def test_a_pull_that_alarms_nobody_sends_nothing(report: Report, listener: Listener) -> None:
    raised = raise_alarms(report(), Alarms(webhook=listener.address, command=("/no/such/command",)))
    assert (raised.events, raised.deliveries) == ((), ())
    assert listener.requests == []


def test_a_command_gets_document_and_variables(report: Report, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    alarms = Alarms(command=(sys.executable, "-c", KEEP, str(kept)))
    env = {"PATH": os.defpath, "LINCOLN_CERTIFICATE": "c" * 32, "CREDENTIALS_DIRECTORY": "/run/x"}
    raised = raise_alarms(report(Outcome.ERROR), alarms, env=env)
    assert raised.deliveries == (Delivery("command", True, "The alarm command ended with status 0."),)
    document, seen = json.loads(kept.read_text())
    assert not faults("alarm", document)
    assert document["events"] == ["error"]
    assert seen["AERIES_TUI_DISTRICT"] == "Lincoln"
    assert seen["AERIES_TUI_EVENTS"] == "error"
    assert seen["AERIES_TUI_IMPORT"] == "41"
    assert seen["AERIES_TUI_OUTCOME"] == "error"
    assert seen["AERIES_TUI_TEXT"] == document["text"]
    assert not {"LINCOLN_CERTIFICATE", "CREDENTIALS_DIRECTORY"} & set(seen)


@pytest.mark.parametrize(
    ("ended", "detail"),
    [
        (Finished("exited", 2), "The alarm command ended with status 2."),
        (Finished("timed_out", None), "The alarm command did not end in time."),
        (
            Finished("not_started", None, reason="No such file"),
            "The alarm command could not be started (No such file).",
        ),
    ],
)
def test_a_failing_command_is_told(report: Report, ended: Finished, detail: str) -> None:
    timeouts: list[float] = []

    def run(
        argv: Sequence[str], *, timeout: float, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> Finished:
        timeouts.append(timeout)
        return ended

    raised = raise_alarms(report(Outcome.ERROR), Alarms(command=("x",), timeout_seconds=7.0), run=run)
    assert raised.deliveries == (Delivery("command", False, detail),)
    assert timeouts == [7.0]


@pytest.mark.parametrize("style", ["json", "slack", "teams"])
def test_a_webhook_receives_the_alarm(report: Report, listener: Listener, style: str) -> None:
    alarms = Alarms(webhook=listener.address, webhook_style=style)  # type: ignore[arg-type]
    raised = raise_alarms(report(Outcome.HELD, held=("RUN-HELD-LOSS",)), alarms)
    assert raised.deliveries == (Delivery("webhook", True, "The webhook answered 200."),)
    ((path, headers, content),) = listener.requests
    assert path == "/hook/s3cret-token"
    assert headers["content-type"] == "application/json"
    assert b"RUN-HELD-LOSS" in content
    json.loads(content)


@pytest.mark.parametrize("status", [302, 400, 500])
def test_a_webhook_that_refuses_or_redirects_is_told(report: Report, listener: Listener, status: int) -> None:
    listener.status = status
    raised = raise_alarms(report(Outcome.ERROR), Alarms(webhook=listener.address))
    assert raised.deliveries == (Delivery("webhook", False, f"The webhook answered {status}."),)
    assert len(listener.requests) == 1


def test_a_webhook_that_is_silent_is_given_up(report: Report, listener: Listener) -> None:
    listener.silent.set()
    raised = raise_alarms(report(Outcome.ERROR), Alarms(webhook=listener.address, timeout_seconds=0.3))
    (delivery,) = raised.deliveries
    assert not delivery.ok
    assert delivery.detail in {
        "The webhook did not answer in time.",
        "The webhook could not be reached (ReadTimeout).",
    }


def test_an_answer_that_trickles_is_given_up(report: Report) -> None:
    release = threading.Event()

    def trickle(
        address: str, content: bytes, headers: Mapping[str, str], seconds: float, ca_file: str
    ) -> int:
        release.wait(30)
        return 200

    raised = raise_alarms(
        report(Outcome.ERROR), Alarms(webhook="http://x", timeout_seconds=0.1), post=trickle
    )
    release.set()
    assert raised.deliveries == (Delivery("webhook", False, "The webhook did not answer in time."),)


def test_a_webhook_that_is_not_there_is_told_without_its_address(
    report: Report, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="root"):
        raised = raise_alarms(report(Outcome.ERROR), Alarms(webhook="http://127.0.0.1:1/s3cret-token"))
    assert raised.deliveries == (
        Delivery("webhook", False, "The webhook could not be reached (ConnectError)."),
    )
    assert "s3cret-token" not in caplog.text


def test_a_delivered_webhook_leaves_no_address_in_the_log(
    report: Report, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        raise_alarms(report(Outcome.ERROR), Alarms(webhook=listener.address))
    assert listener.requests
    assert "s3cret-token" not in caplog.text


def test_one_failing_way_does_not_stop_the_others(report: Report, listener: Listener, tmp_path: Path) -> None:
    alarms = Alarms(
        command=("/no/such/command",),
        webhook=listener.address,
        prometheus_directory=str(tmp_path / "missing"),
    )
    raised = raise_alarms(report(Outcome.ERROR), alarms)
    assert [(delivery.channel, delivery.ok) for delivery in raised.deliveries] == [
        ("prometheus", False),
        ("command", False),
        ("webhook", True),
    ]
    assert raised.deliveries[0].detail == "Prometheus failed (MasterError)."


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not here")
def test_tls_is_verified_and_a_district_authority_can_be_named(report: Report, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=loopback",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-addext",
            "keyUsage=critical,digitalSignature,keyCertSign",
            "-keyout",
            "key.pem",
            "-out",
            "certificate.pem",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with listening(context) as hook:
        alarms = Alarms(webhook=hook.address)
        assert not raise_alarms(report(Outcome.ERROR), alarms).deliveries[0].ok
        assert hook.requests == []
        assert raise_alarms(report(Outcome.ERROR), alarms, ca_file=str(certificate)).deliveries[0].ok
        assert len(hook.requests) == 1


def test_a_ca_file_that_is_not_there_is_told(report: Report, listener: Listener) -> None:
    raised = raise_alarms(report(Outcome.ERROR), Alarms(webhook=listener.address), ca_file="/no/such/file")
    assert raised.deliveries[0].detail == "The webhook could not be reached (FileNotFoundError)."


def test_posting_gives_the_status(listener: Listener) -> None:
    listener.status = 204
    assert post_json(listener.address, b"{}", {}, 5.0, "") == 204


def test_a_post_is_signed_with_its_moment_and_carries_the_token(report: Report, listener: Listener) -> None:
    alarms = Alarms(
        webhook=listener.address, webhook_secret=InEnvironment("HOOK"), webhook_token=InFile(Secret("t0ken"))
    )
    begun = int(time.time())
    (delivery,) = raise_alarms(report(Outcome.ERROR), alarms, env={"HOOK": "s3cret"}).deliveries
    assert delivery.ok
    ((_, headers, content),) = listener.requests
    assert headers["authorization"] == "Bearer t0ken"
    moment = int(headers["aeries-tui-signature"].removeprefix("t=").partition(",")[0])
    assert begun <= moment <= time.time()
    expected = hmac.new(b"s3cret", b"%d." % moment + content, hashlib.sha256).hexdigest()
    assert headers["aeries-tui-signature"] == f"t={moment},v1={expected}"


def test_a_signature_holds_for_one_content_one_moment_and_one_secret() -> None:
    one = signature(Secret("s"), b"{}", 1)
    others = (
        signature(Secret("s"), b"{ }", 1),
        signature(Secret("s"), b"{}", 2),
        signature(Secret("t"), b"{}", 1),
    )
    assert (
        one == "t=1,v1=b253639bcd705ed1cda3073f66104f16988bd40272584dea7d0d345ae93e61cc"
    )  # printf 1.{} | openssl dgst -sha256 -hmac s
    assert one not in others


def test_without_secrets_nothing_is_signed(report: Report, listener: Listener) -> None:
    raise_alarms(report(Outcome.ERROR), Alarms(webhook=listener.address), env={"HOOK": "s3cret"})
    ((_, headers, _),) = listener.requests
    assert not {"authorization", "aeries-tui-signature"} & set(headers)


def test_a_secret_that_is_not_there_is_told_and_nothing_is_posted_unsigned(
    report: Report, listener: Listener
) -> None:
    alarms = Alarms(webhook=listener.address, webhook_secret=InEnvironment("HOOK"))
    (delivery,) = raise_alarms(report(Outcome.ERROR), alarms, env={}).deliveries
    assert not delivery.ok
    assert "Nothing was posted" in delivery.detail
    assert "environment variable HOOK, which is not set" in delivery.detail
    assert listener.requests == []


def test_a_network_of_ipv6_in_no_proxy_keeps_no_alarm(
    report: Report, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "fd00::/8,.example.org")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    assert raise_alarms(report(Outcome.ERROR), Alarms(webhook=listener.address)).deliveries[0].ok
    raised = raise_alarms(report(Outcome.ERROR), Alarms(webhook="https://hooks.example.com/x"))
    assert raised.deliveries[0].detail == "The webhook could not be reached (ConnectError)."
