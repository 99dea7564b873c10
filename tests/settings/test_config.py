"""config.toml is read strictly, and every mistake is named."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.errors import ConfigurationError
from aeries_tui.secret import Secret
from aeries_tui.settings import FromCommand, FromSystemd, GuardLimits, InFile, Settings, load_settings

Load = Callable[[str], Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def write_and_load(content: str) -> Settings:
        path = tmp_path / "config.toml"
        path.write_text(content, encoding="utf-8")
        return load_settings(path)

    return write_and_load


def refused(load: Load, content: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(content)
    assert caught.value.exit_status == 2
    return " ".join(caught.value.lines())


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.toml") == Settings(path=tmp_path / "none.toml")


def test_an_empty_file_means_the_defaults(load: Load) -> None:
    assert load("") == Settings(path=load("").path)


def test_every_section_is_read(load: Load) -> None:
    settings = load(
        """
        [source]
        requests_at_a_time = 2
        silence_timeout = 30
        [pull]
        staff = "school"
        lead_days = 14
        [retention]
        undo_days = 7
        [ui]
        mouse = false
        ascii = true
        [schedule]
        on_missed = "skip"
        [alarms]
        command = ["/bin/page", "me"]
        on = ["held"]
        webhook = "https://hooks.example.org/x?y=z"
        [accounts]
        username = "template"
        template = "{first_initial}{last}"
        email_domains = ["Lincoln.Example.ORG"]
        [exports]
        after_import = "send-roster --to 'the product'"
        """
    )
    assert settings.source.requests_at_a_time == 2
    assert settings.source.silence_timeout == 30.0
    assert settings.pull.staff == "school"
    assert settings.pull.lead_days == 14
    assert settings.retention.undo_days == 7
    assert (settings.ui.mouse, settings.ui.ascii) == (False, True)
    assert settings.schedule.on_missed == "skip"
    assert settings.alarms.command == ("/bin/page", "me")
    assert settings.alarms.on == ("held",)
    assert settings.accounts.email_domains == ("lincoln.example.org",)
    assert settings.exports.after_import == ("send-roster", "--to", "the product")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "[source]\nrequests_at_time = 4",
            'line 2: source.requests_at_time is no setting. Is "requests_at_a_time"',
        ),
        ("[sorce]\ntries = 4", 'line 1: sorce is no section. Is "source" meant?'),
        ("[source]\nzzz = 4", "There are requests_at_a_time, requests_ceiling"),
        ("tries = 4", "line 1: tries stands outside of any section."),
        ("source = 4", "line 1: source must be a section"),
        ("[[source]]\ntries = 2", "line 1: source must be a section"),
        ("[source]\ntries = 'five'", "line 2: source.tries must be a whole number from 1 to 20."),
        ("[source]\ntries = 0", "source.tries must be a whole number from 1 to 20."),
        ("[source]\ntries = true", "source.tries must be a whole number"),
        ("[source]\ntries = 2.0", "source.tries must be a whole number"),
        ("[source]\nconnect_timeout = nan", "source.connect_timeout must be a number from 0.1 to 300."),
        ("[source]\nconnect_timeout = inf", "source.connect_timeout must be a number from 0.1 to 300."),
        ("[source]\nallow_plain_http = 1", "source.allow_plain_http must be true or false."),
        (
            "[source]\nrequests_at_a_time = 9",
            "source.requests_at_a_time must not be above source.requests_ceiling",
        ),
        ('[source]\nca_file = "a\\nb"', "source.ca_file must be one line of text in quotes."),
        ("[pull]\nstaff = 'all'", 'pull.staff must be "teaching" or "school".'),
        ("[pull]\nblackout_dates = ['2026-13-01']", "pull.blackout_dates must be a list of days"),
        ("[pull]\nblackout_dates = ['20260101']", "pull.blackout_dates must be a list of days"),
        ("[pull]\nblackout_dates = ['2026-01-01..']", "pull.blackout_dates must be a list of days"),
        ("[pull]\nblackout_dates = '2026-01-01'", "pull.blackout_dates must be a list of days"),
        ("[pull]\nblackout_dates = ['2026-02-01..2026-01-01']", "whose first day is not after the last"),
        ("[ui]\nmouse = 'yes'", 'ui.mouse must be "auto", true or false.'),
        ("[ui]\nmouse = 1", 'ui.mouse must be "auto", true or false.'),
        ("[guard]\nloss_percent = 101", "guard.loss_percent must be a number from 0 to 100."),
        ("[guard.students]\nloss_percent = 1", 'line 1: guard.students is no setting. Is "student" meant?'),
        (
            "[guard.student]\nloss_percnt = 1",
            'line 2: guard.student.loss_percnt is no setting. Is "loss_percent"',
        ),
        ("[guard]\nstudent = 3", "guard.student must be a section"),
        ("[alarms]\non = ['eror']", "alarms.on must be a list of events out of error"),
        ("[alarms]\non = 'error'", "alarms.on must be a list of events"),
        ("[alarms]\ncommand = [1]", "alarms.command must be a command"),
        ('[alarms]\ncommand = "say \'x"', "alarms.command must be a command whose quotes are closed."),
        ("[alarms]\ncommand = ['']", "alarms.command must be a command whose first word names a program."),
        ("[alarms]\nwebhook = 'ftp://x'", "alarms.webhook must be an address that begins with"),
        ("[alarms]\nwebhook = 'https://:443'", "alarms.webhook must be an address with a host"),
        ("[alarms]\nwebhook = 'https://x:y'", "alarms.webhook must be an address with a host"),
        ("[alarms]\nwebhook = 'https://me:pw@x.org/'", "alarms.webhook must be an address without user and"),
        ("[accounts]\nlogin_address = 'https://me@x.org'", "login_address must be an address without user"),
        (
            "[serve]\npublic_url = 'https://x.org/?a=b'",
            "serve.public_url must be an address of plain letters",
        ),
        (
            "[serve]\npublic_url = 'https://x.org/a/../b'",
            "serve.public_url must be an address of plain letters",
        ),
        ("[serve]\npublic_url = 'https://школа.org'", "serve.public_url must be an address of plain letters"),
        (
            "[serve]\npublic_url = 'https://x.org/ims/oneroster'",
            "serve.public_url must be the address before /ims",
        ),
        (
            "[alarms]\nwebhook = 'http://hooks.example.org/x'",
            "Write the https address, or, where there is none, allow_plain_http = true",
        ),
        ("[alarms]\nwebhook = 'http://10.0.0.1/'", 'alarms.webhook must begin with "https://"'),
        ("[alarms]\nwebhook = 'http://127.0.0.1.example.org/'", 'alarms.webhook must begin with "https://"'),
        ("[alarms]\nwebhook_secret = { file = '/x' }", "alarms.webhook_secret must be where it lives"),
        ("[alarms]\nwebhook_secret = { env = 'A', systemd = 'b' }", "alarms.webhook_secret must be where it"),
        ("[alarms]\nwebhook_secret = { env = 'A B' }", "must be the name of an environment variable"),
        ("[alarms]\nwebhook_token = 'two words'", "alarms.webhook_token must be where it lives"),
        (
            "[accounts]\ntemplate = '{first}.{lst}'",
            "accounts.template must be a text with fields out of {first}",
        ),
        ("[accounts]\ntemplate = 'same'", "accounts.template must be a text with fields"),
        ("[accounts]\ntemplate = '{first'", "accounts.template must be a text with fields"),
        ("[accounts]\ntemplate = '{first!r}'", "accounts.template must be a text with fields"),
        ("[accounts]\nemail_domains = ['@x.org']", "accounts.email_domains must be a list of domains"),
        ("[keys]\nquit = 3", "line 2: keys.quit must be the name of a key in quotes"),
        ("keys = 3", "keys must be a section"),
    ],
)
def test_a_mistake_is_named(load: Load, content: str, said: str) -> None:
    told = refused(load, content)
    assert said in told
    assert "config.toml" in told


@pytest.mark.parametrize(
    ("content", "line"),
    [("[source]\ntries = \n", 2), ("[source\n", 1), ("a = 1\na = 2\n", 2), ("\n\nx = 'abc", 3)],
)
def test_broken_toml_is_said_with_its_line(load: Load, content: str, line: int) -> None:
    assert f"line {line}: this is not valid TOML" in refused(load, content)


def test_text_that_is_not_utf8_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"# one\n# two \xe9\n")
    with pytest.raises(ConfigurationError, match="line 2: the text is not UTF-8"):
        load_settings(path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf[source]\r\ntries = 3\r\n")
    assert load_settings(path).source.tries == 3


def test_a_file_that_can_not_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="can't be read: a folder stands in the place of the file"):
        load_settings(tmp_path)


@given(st.text(max_size=60))
def test_any_text_is_settings_or_a_configuration_error(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "config.toml"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    try:
        assert isinstance(load_settings(path), Settings)
    except ConfigurationError as error:
        assert str(path) in error.message


def test_days_and_ranges_are_taken_in_any_spelling(load: Load) -> None:
    pull = load("[pull]\nblackout_dates = [2026-12-25, '2026-12-30..2027-01-02', ' 2027-07-04 ']").pull
    rests = [day for day in days("2026-12-20", 30) if pull.is_blackout(day)]
    assert [str(day) for day in rests] == [
        "2026-12-25",
        "2026-12-30",
        "2026-12-31",
        "2027-01-01",
        "2027-01-02",
    ]
    assert pull.is_blackout(dt.date(2027, 7, 4))
    assert not pull.is_additions_only(dt.date(2026, 12, 25))
    assert [str(found) for found in pull.blackout_dates][:2] == ["2026-12-25", "2026-12-30..2027-01-02"]


def test_additions_only_days_are_days_of_their_own(load: Load) -> None:
    pull = load("[pull]\nadditions_only_dates = ['2026-08-01..2026-08-21']").pull
    assert pull.is_additions_only(dt.date(2026, 8, 21))
    assert not pull.is_additions_only(dt.date(2026, 8, 22))
    assert not pull.is_blackout(dt.date(2026, 8, 21))


def test_a_kinds_limits_begin_with_the_general_ones(load: Load) -> None:
    guard = load("[guard]\nloss_percent = 5\n[guard.course]\nloss_minimum = 50").guard
    assert guard.limits_for("student") == GuardLimits(loss_percent=5.0)
    assert guard.limits_for("course") == GuardLimits(loss_percent=5.0, loss_minimum=50)


def test_keys_are_taken_with_dots_quoted_or_not(load: Load) -> None:
    settings = load('[keys]\n"results.open" = "o"\npull.start = " f6 "\nquit = "x"')
    assert settings.keys == {"results.open": "o", "pull.start": "f6", "quit": "x"}
    settings.check_keys({"results.open", "pull.start", "quit"})
    with pytest.raises(ConfigurationError, match=r"keys\.pull\.start names no action") as caught:
        settings.check_keys({"results.open", "pull.begin", "pull.starts", "quit"})
    assert 'Is "pull.starts" meant?' in caught.value.remedy


def test_an_unknown_theme_is_named(load: Load) -> None:
    settings = load('[ui]\ntheme = "ansi-drak"')
    settings.check_theme({"ansi-drak"})
    with pytest.raises(ConfigurationError, match=r"ui\.theme names no theme") as caught:
        settings.check_theme({"ansi-dark", "nord"})
    assert 'Is "ansi-dark" meant?' in caught.value.remedy
    with pytest.raises(ConfigurationError) as caught:
        settings.check_theme({"nord", "dracula"})
    assert "dracula, nord" in caught.value.remedy


def days(first: str, count: int) -> list[dt.date]:
    start = dt.date.fromisoformat(first)
    return [start + dt.timedelta(days=number) for number in range(count)]


@pytest.mark.parametrize(
    ("written", "year"), [('"2026-2027"', "2026-2027"), ('"2026"', "2026-2027"), ('""', ""), ('" "', "")]
)
def test_a_school_year_is_written_as_aeries_does_or_by_its_beginning(
    load: Load, written: str, year: str
) -> None:
    assert load(f"[pull]\nschool_year = {written}").pull.school_year == year


@pytest.mark.parametrize("written", ['"2026-2028"', '"26-27"', "2026", '"next"', '"2027-2026"', '"٢٠٢٦"'])
def test_what_is_no_school_year_is_refused_by_name(load: Load, written: str) -> None:
    assert "pull.school_year must be" in refused(load, f"[pull]\nschool_year = {written}")


@pytest.mark.parametrize(
    "webhook", ["http://127.0.0.1:8080/x", "http://[::1]/", "http://localhost/", "https://x.org:8443/a?b=c@d"]
)
def test_what_stays_on_this_machine_or_goes_over_tls_needs_no_leave(load: Load, webhook: str) -> None:
    assert load(f"[alarms]\nwebhook = '{webhook}'").alarms.webhook == webhook


def test_a_webhook_without_tls_can_be_allowed(load: Load) -> None:
    document = "[alarms]\nwebhook = 'http://x.example.org'\nallow_plain_http = true"
    assert load(document).alarms.webhook == "http://x.example.org"


def test_the_places_of_a_webhooks_secrets_are_those_of_a_certificate(load: Load) -> None:
    alarms = load(
        """
        [alarms]
        webhook_secret = { command = "pass show hook" }
        webhook_token = { systemd = "hook-token" }
        """
    ).alarms
    assert alarms.webhook_secret == FromCommand(("pass", "show", "hook"))
    assert alarms.webhook_token == FromSystemd("hook-token")


@pytest.mark.parametrize("key", ["webhook_secret", "webhook_token"])
def test_a_secret_in_a_file_that_others_can_read_is_refused_unsaid(tmp_path: Path, key: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"[alarms]\n{key} = 'pl4in-s3cret'\n", encoding="utf-8")
    path.chmod(0o640)
    with pytest.raises(ConfigurationError) as caught:
        load_settings(path)
    said = " ".join(caught.value.lines())
    assert f"line 2: alarms.{key} stands in a file that others can read" in said
    assert f"chmod 600 {path}" in said
    assert "pl4in-s3cret" not in said
    path.chmod(0o600)
    settings = load_settings(path)
    assert getattr(settings.alarms, key) == InFile(Secret("pl4in-s3cret"))
    assert "pl4in-s3cret" not in repr(settings)
