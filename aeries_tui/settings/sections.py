"""Every setting of config.toml, section by section, documented where it is defined."""

# ruff: noqa: RUF009  setting() gives a dataclass field, which is what may stand there

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from aeries_tui.settings.certificate import SecretSource
from aeries_tui.settings.fields import (
    DateRange,
    choice,
    command,
    date_ranges,
    ip_address,
    number,
    root_address,
    setting,
    switch,
    text,
    web_address,
    whole,
    words,
)
from aeries_tui.settings.omit import DEMOGRAPHICS, omitted_fields
from aeries_tui.settings.rules import (
    alarm_event,
    email_domain,
    school_year,
    secret_source,
    username_template,
)

Auto = Literal["auto"] | bool
StaffRule = Literal["teaching", "school"]
MissedRun = Literal["run", "skip"]
WebhookStyle = Literal["json", "slack", "teams"]
UsernameRule = Literal["email", "login", "id", "template"]


@dataclass(frozen=True)
class Source:
    """How Aeries is read."""

    requests_at_a_time: int = setting(
        4, whole(1, 64), "Requests sent at the same time at the start; fewer are sent when the server slows."
    )
    requests_ceiling: int = setting(
        8, whole(1, 64), "The most requests at the same time, however fast the server answers."
    )
    host_requests: int = setting(
        16, whole(1, 256),
        "The most requests at the same time to one server, of all districts and commands together.",
    )  # fmt: skip
    page_size: int = setting(500, whole(1, 5000), "Students asked for in one request.")
    connect_timeout: float = setting(5.0, number(0.1, 300), "Seconds to wait for a connection.")
    silence_timeout: float = setting(
        60.0, number(1, 3600), "Seconds without a single byte after which a request is given up."
    )
    request_deadline: float = setting(
        900.0, number(1, 86400), "Seconds after which a request is given up even if bytes still come."
    )
    pull_deadline: float = setting(
        21600.0, number(60, 604800), "Seconds after which a whole pull is given up."
    )
    tries: int = setting(5, whole(1, 20), "Attempts at one request, the first included.")
    retry_budget: int = setting(60, whole(0, 100000), "Repeated requests in one pull, all lists together.")
    answer_megabytes: int = setting(
        128, whole(1, 4096), "The largest answer that is taken, unpacked; what is larger is given up."
    )
    answer_rows: int = setting(
        500_000, whole(1000, 10_000_000), "The longest list that is taken, in one answer or page by page."
    )
    answer_bad_rows: int = setting(
        5_000,
        whole(1, 1_000_000),
        "Rows of one answer that may be unusable; with more the list is not read, and that is said once.",
    )
    ca_file: str = setting(
        "",
        text,
        "A PEM file with the district's own certificate authority; empty for the usual ones.",
        example='"/etc/ssl/certs/district-ca.pem"',
    )
    allow_plain_http: bool = setting(
        False,
        switch,
        "Send the certificate over http:// to hosts other than this machine. Anybody can read it there.",
    )


@dataclass(frozen=True)
class Pull:
    """Who is in, and on which days nothing or only additions happen."""

    staff: StaffRule = setting(
        "teaching",
        choice("teaching", "school"),
        '"teaching" takes staff who teach or are named as teachers; "school" all staff of a mapped school.',
    )
    school_year: str = setting(
        "",
        school_year,
        "The school year that is pulled; empty for the one that is Aeries' default.",
        example='"2026-2027"',
    )
    omit: tuple[str, ...] = setting(
        DEMOGRAPHICS,
        omitted_fields,
        "Fields of people that are not kept at all, by their names in Aeries or here; what stands there from before goes "
        "with the next pull. Birth date and gender are needed by nothing but the demographics of OneRoster, see "
        "exports.demographics. That somebody is still the same person is seen by a salted digest of what is not kept.",
        example='["Birthdate", "Gender", "MiddleName"]',
    )
    lead_days: int = setting(0, whole(0, 365), "Take enrollments that begin up to so many days ahead.")
    foreign_percent: float = setting(
        5.0,
        number(0, 50),
        "A list with more than this share of rows of another school takes nobody away; fewer are left out alone.",
    )
    resume_max_age_hours: float = setting(
        12.0,
        number(0, 168),
        "A stopped pull is resumed from its staged pages while they are no older than this.",
    )
    least_free_megabytes: int = setting(
        200,
        whole(0, 1_000_000),
        "Reading stops when less disk than this is free where the districts are; what was read can be resumed from.",
    )
    blackout_dates: tuple[DateRange, ...] = setting(
        (),
        date_ranges,
        "Days on which the daily import does nothing; a pull by hand still runs.",
        example='["2026-12-24..2027-01-02", "2027-07-04"]',
    )
    additions_only_dates: tuple[DateRange, ...] = setting(
        (),
        date_ranges,
        "Days on which a pull deactivates nobody.",
        example='["2026-08-01..2026-08-21"]',
    )

    def is_blackout(self, day: dt.date) -> bool:
        """Whether the daily import rests on that day (in the district's zone)."""
        return any(day in days for days in self.blackout_dates)

    def is_additions_only(self, day: dt.date) -> bool:
        """Whether a pull on that day (in the district's zone) deactivates nobody."""
        return any(day in days for days in self.additions_only_dates)


@dataclass(frozen=True)
class GuardLimits:
    """From where on a plan is held; a share counts only together with its least number."""

    loss_percent: float = setting(
        10.0, number(0, 100), "Hold when more than this share of a kind of record would be deactivated."
    )
    loss_minimum: int = setting(10, whole(0, 1_000_000), "Fewer deactivated records than this never hold.")
    change_percent: float = setting(
        75.0, number(0, 100), "Hold when more than this share of a kind of record would change."
    )
    change_minimum: int = setting(10, whole(0, 1_000_000), "Fewer changed records than this never hold.")
    blanked_percent: float = setting(
        50.0, number(0, 100), "Hold when a field that was filled is suddenly blank for more than this share."
    )
    blanked_minimum: int = setting(10, whole(0, 1_000_000), "Fewer blanked records than this never hold.")
    growth_percent: float = setting(
        200.0,
        number(0, 1_000_000),
        "Hold when more than this share of a kind of record would be added; 200 lets it grow to three times what it is. "
        "What newly mapped schools bring is left aside.",
    )
    growth_minimum: int = setting(100, whole(0, 1_000_000), "Fewer added records than this never hold.")


@dataclass(frozen=True)
class Retention:
    """How long what is no longer needed is kept."""

    undo_days: int = setting(60, whole(0, 3650), "Days for which an import can be undone.")
    imports: int = setting(
        400,
        whole(1, 100_000),
        "Imports kept with their files and descriptions; of warnings only the numbers after 30 imports.",
    )
    people_days: int = setting(
        0,
        whole(0, 36_500),
        "Days after which people who are gone are erased, with earlier versions, accounts, and their rows in files; 0 keeps "
        "them for ever. The first time a person lets it happen: aeries-tui retention run.",
    )
    archive_years: int = setting(
        0, whole(0, 100), "Years after which an end-of-year archive is erased, likewise; 0 keeps it for ever."
    )
    log_days: int = setting(60, whole(1, 3650), "Days for which the log of a pull is kept.")


@dataclass(frozen=True)
class Ui:
    """How the screens look and what they may ask of the terminal."""

    theme: str = setting(
        "auto",
        text,
        'The colors: "auto" goes by the terminal\'s ground, "dark", "light", or a theme of Textual; "ansi-dark" and '
        '"ansi-light" are the terminal\'s own colors. What is chosen in the screens wins until this is changed.',
    )
    mouse: Auto = setting(
        "auto",
        choice("auto", True, False),
        '"auto" takes the mouse except over SSH; true and false always or never.',
    )
    ascii: Auto = setting(
        "auto",
        choice("auto", True, False),
        '"auto" draws in plain ASCII where the locale is not UTF-8 or TERM is linux.',
    )
    osc52: bool = setting(True, switch, "Copy through the terminal (OSC 52), which also works over SSH.")


@dataclass(frozen=True)
class Schedule:
    """How the daily import is started."""

    randomised_delay_minutes: int = setting(
        10,
        whole(0, 720),
        "Start up to so many minutes late, by chance, so that districts don't all call at once.",
    )
    window_minutes: int = setting(
        120,
        whole(0, 720),
        "Where one timer starts all districts (schedule install --all): over so many minutes they are spread, each at a "
        "moment of its own.",
    )
    on_missed: MissedRun = setting(
        "run",
        choice("run", "skip"),
        'What becomes of a run that was due while the machine was off: "run" it later, or "skip" it.',
    )


@dataclass(frozen=True)
class Alarms:
    """Who is told, of what, and how. Alarms hold counts and codes, never names."""

    on: tuple[str, ...] = setting(
        ("error", "completed_with_error", "held", "recovered", "stale", "delivery"),
        words(alarm_event, "events"),
        "The events that raise an alarm.",
    )
    command: tuple[str, ...] = setting(
        (),
        command,
        "A command that gets the alarm as JSON on standard input and in AERIES_TUI_… variables.",
        example='["/usr/local/bin/page-me", "--from", "aeries-tui"]',
    )
    webhook: str = setting(
        "",
        web_address,
        "An address to which the alarm is posted, over https.",
        example='"https://hooks.example.org/aeries"',
    )
    webhook_secret: SecretSource | None = setting(
        None,
        secret_source,
        "Where the secret lives by which each post is signed, so that the receiver knows whom it is from "
        "(aeries-tui help timers): an environment variable, a command, a systemd credential; or, in a file of mode "
        "0600, the secret itself.",
        example='{ env = "WEBHOOK_SECRET" }  # { command = ["pass", "show", "hook"] }, { systemd = "hook" }',
    )
    webhook_token: SecretSource | None = setting(
        None,
        secret_source,
        "Where the token lives that a receiver wants in the header Authorization, as Bearer; as webhook_secret.",
        example='{ env = "WEBHOOK_TOKEN" }',
    )
    allow_plain_http: bool = setting(
        False,
        switch,
        "Post over http:// to hosts other than this machine. Anybody on the way can read the alarm and the token.",
    )
    webhook_style: WebhookStyle = setting(
        "json",
        choice("json", "slack", "teams"),
        "What is posted: the JSON document, or a text for Slack or Teams.",
    )
    stale_after_hours: float = setting(
        26.0, number(1, 8760), "The district counts as stale when its last good import is older than this."
    )
    prometheus_directory: str = setting(
        "",
        text,
        "The directory of node_exporter's textfile collector; a file for each district is written there.",
        example='"/var/lib/prometheus/node-exporter"',
    )
    timeout_seconds: float = setting(20.0, number(1, 600), "Seconds after which an alarm is given up.")


@dataclass(frozen=True)
class Accounts:
    """What the accounts are called and where they log in."""

    username: UsernameRule = setting(
        "email",
        choice("email", "login", "id", "template"),
        'From what user names are made: the e-mail address, the network login, the id, or the "template".',
    )
    template: str = setting(
        "{first}.{last}",
        username_template,
        "The template, of {first}, {last}, {first_initial}, {last_initial} and {id}.",
    )
    email_domains: tuple[str, ...] = setting(
        (),
        words(email_domain, "e-mail domains"),
        "The district's own domains; single sign-on needs an address in one of them. Empty: any domain.",
        example='["lincoln.example.org", "students.lincoln.example.org"]',
    )
    login_address: str = setting(
        "",
        web_address,
        "The product's log-in page of the district.",
        example='"https://login.example.org/lincoln"',
    )


@dataclass(frozen=True)
class Exports:
    """What is started with an import's files."""

    after_import: tuple[str, ...] = setting(
        (),
        command,
        "A command started after an import, with the paths of the staff and the student file added.",
        example='["/usr/local/bin/send-roster"]',
    )
    demographics: bool = setting(
        False,
        switch,
        "OneRoster bundles may hold demographics: birth date and gender are kept, whatever pull.omit says.",
    )
    after_import_timeout_seconds: float = setting(600.0, number(1, 86400), "Seconds after which it is ended.")


@dataclass(frozen=True)
class Audit:
    """The journal of who did what."""

    syslog: bool = setting(
        False,
        switch,
        "Also hand each entry of the journal to syslog (and so to journald): from there it can be sent to another "
        "machine, where nobody of this one can change it.",
    )


@dataclass(frozen=True)
class Serve:
    """The roster service (aeries-tui help serve)."""

    address: str = setting(
        "127.0.0.1",
        ip_address,
        "The address of this machine on which it listens. What it says there is not encrypted: leave it at this machine "
        "alone and let a reverse proxy speak TLS.",
    )
    port: int = setting(8480, whole(0, 65535), "The port; 0 for any free one.")
    public_url: str = setting(
        "",
        root_address,
        "The address by which products reach it, through the proxy; all addresses in answers begin with it.",
        example='"https://roster.example.org"',
    )
    tombstone_days: int = setting(
        400,
        whole(30, 3660),
        "How many days a record that is gone is still told as gone; longer than a summer, for whoever asks seldom.",
    )
    requests_per_minute: int = setting(
        12_000, whole(10, 1_000_000), "The most requests of one consumer a minute; more are told to wait."
    )
