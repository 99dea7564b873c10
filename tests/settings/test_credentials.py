"""Credentials are kept for their owner alone, and no change is lost."""

import datetime as dt
import multiprocessing
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.errors import ConfigurationError, MasterError, NotFound
from aeries_tui.secret import Secret
from aeries_tui.settings import (
    CertificateSource,
    Credential,
    CredentialStore,
    FromCommand,
    FromSystemd,
    InEnvironment,
    InFile,
    InKeyring,
    LastTest,
    credentials,
)

CERTIFICATE = "Zk3vQ9xw77TlPqRs01MnBbCcDd5Ee6Ff"
SOURCES: list[CertificateSource] = [
    InFile(Secret(CERTIFICATE)),
    InEnvironment("LINCOLN_CERTIFICATE"),
    FromCommand(("pass", "show", "aeries lincoln")),
    InKeyring(),
    FromSystemd("aeries-certificate"),
]


@pytest.fixture
def store(tmp_path: Path) -> CredentialStore:
    return CredentialStore(tmp_path / "config" / "credentials.toml")


def lincoln(source: CertificateSource = SOURCES[0]) -> Credential:
    return Credential("Lincoln", "https://lincoln.aeries.net/admin", source)


def written(store: CredentialStore, content: str) -> CredentialStore:
    store.path.parent.mkdir(exist_ok=True)
    store.path.write_text(content, encoding="utf-8")
    store.path.chmod(0o600)
    return store


def refused(store: CredentialStore) -> str:
    with pytest.raises(ConfigurationError) as caught:
        store.all()
    assert CERTIFICATE not in " ".join(caught.value.lines())
    return " ".join(caught.value.lines())


def test_without_a_file_there_is_none(store: CredentialStore) -> None:
    assert store.all() == ()
    with pytest.raises(NotFound, match="There is no district yet"):
        store.get()
    assert not store.path.parent.exists()


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: type(source).__name__)
def test_what_is_added_comes_back(store: CredentialStore, source: CertificateSource) -> None:
    credential = Credential(
        "Lincoln Unified",
        "https://lincoln.aeries.net/admin",
        source,
        dt.time(3, 30),
        "America/Los_Angeles",
        LastTest(dt.datetime(2026, 8, 1, 10, 0, tzinfo=dt.UTC), True, "6 of 6 permissions"),
    )
    store.add(credential)
    assert store.all() == (credential,)
    assert store.get() == store.get("Lincoln Unified") == credential


def test_only_the_owner_can_read_the_file(store: CredentialStore) -> None:
    store.add(lincoln())
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    assert CERTIFICATE in store.path.read_text()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_file_others_can_read_is_refused_with_the_command_to_type(
    store: CredentialStore, mode: int
) -> None:
    store.add(lincoln())
    store.path.chmod(mode)
    told = refused(store)
    assert f"Type: chmod 600 {store.path}" in told
    with pytest.raises(ConfigurationError):
        store.remove("Lincoln")


def test_the_certificate_is_in_no_repr(store: CredentialStore) -> None:
    store.add(lincoln())
    assert CERTIFICATE not in repr(store.all())


def test_a_name_that_differs_only_in_case_is_taken(store: CredentialStore) -> None:
    store.add(lincoln())
    with pytest.raises(ConfigurationError, match="There is a district 'Lincoln' already"):
        store.add(Credential("LINCOLN", "https://x.example", InKeyring()))
    assert len(store.all()) == 1


@pytest.mark.parametrize(
    "credential",
    [
        Credential("a/b", "https://x.example", InKeyring()),
        Credential("x", "", InKeyring()),
        Credential("x", "https://x.example", InEnvironment("9 lives")),
        Credential("x", "https://x.example", FromCommand(())),
        Credential("x", "https://x.example", FromSystemd("../x")),
        Credential("x", "https://x.example", InFile(Secret(" "))),
        Credential("x", "https://x.example", InKeyring(), timezone="America/Lincoln"),
    ],
    ids=["name", "url", "variable", "command", "systemd", "blank", "zone"],
)
def test_what_could_not_be_read_back_is_not_written(store: CredentialStore, credential: Credential) -> None:
    with pytest.raises(ConfigurationError):
        store.add(credential)
    assert not store.path.exists()


def test_one_of_several_must_be_named(store: CredentialStore) -> None:
    store.add(lincoln())
    store.add(Credential("adams", "https://adams.example", InKeyring()))
    assert [one.name for one in store.all()] == ["adams", "Lincoln"]
    with pytest.raises(NotFound, match="none was named") as caught:
        store.get()
    assert "adams, Lincoln" in caught.value.remedy
    with pytest.raises(NotFound, match="no district 'lincoln'") as caught:
        store.get("lincoln")
    assert 'Is "Lincoln" meant?' in caught.value.remedy


def test_a_credential_is_replaced_and_removed(store: CredentialStore) -> None:
    store.add(lincoln())
    store.replace(lincoln(SOURCES[1]))
    assert store.get().source == SOURCES[1]
    assert CERTIFICATE not in store.path.read_text()
    assert store.remove("Lincoln").name == "Lincoln"
    assert store.all() == ()
    with pytest.raises(NotFound):
        store.remove("Lincoln")
    with pytest.raises(NotFound):
        store.replace(lincoln())


def test_a_test_is_noted_and_nothing_else_changes(store: CredentialStore) -> None:
    store.add(lincoln())
    test = LastTest(dt.datetime(2026, 8, 1, tzinfo=dt.UTC), False, "SRC-CERTIFICATE")
    store.record_test("Lincoln", test)
    assert store.get().last_test == test
    assert store.get().source == SOURCES[0]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('url = "u"', "districts.x needs exactly one of certificate, certificate_env"),
        ('certificate = "c"', "districts.x needs a url."),
        ('url = "u"\ncertificate = "c"\ncertificate_env = "V"', "there is certificate and certificate_env"),
        (
            'url = "u"\ncertificat = "c"',
            'line 3: districts.x.certificat is no setting. Is "certificate" meant?',
        ),
        ('url = 3\ncertificate = "c"', "line 2: districts.x.url must be one line of text"),
        ('url = " "\ncertificate = "c"', "districts.x.url must be the address of Aeries"),
        ('url = "u"\ncertificate = 5', "districts.x.certificate must be the certificate in quotes"),
        (
            'url = "u"\ncertificate_env = "A B"',
            "districts.x.certificate_env must be the name of an environment",
        ),
        ('url = "u"\ncertificate_command = []', "districts.x.certificate_command must be a command"),
        ('url = "u"\ncertificate_command = 3', "districts.x.certificate_command must be a command"),
        (
            'url = "u"\ncertificate_keyring = false',
            "districts.x.certificate_keyring must be true, or left out",
        ),
        (
            'url = "u"\ncertificate_systemd = "a/b"',
            "districts.x.certificate_systemd must be the name of a systemd",
        ),
        (
            'url = "u"\ncertificate = "c"\ndaily_import = "25:00"',
            "line 4: districts.x.daily_import must be a time",
        ),
        (
            'url = "u"\ncertificate = "c"\ndaily_import = 03:30:10',
            "districts.x.daily_import must be a time of day",
        ),
        (
            'url = "u"\ncertificate = "c"\ntimezone = "CST"',
            "districts.x.timezone must be the name of a time zone",
        ),
        (
            'url = "u"\ncertificate = "c"\ntimezone = "../etc"',
            "districts.x.timezone must be the name of a time zone",
        ),
        (
            'url = "u"\ncertificate = "c"\nlast_test = 3',
            "districts.x.last_test must be a table of at, ok and",
        ),
    ],
)
def test_a_wrong_table_is_named(store: CredentialStore, table: str, said: str) -> None:
    told = refused(written(store, f"[districts.x]\n{table}\n"))
    assert said in told
    assert "credentials.toml" in told


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[district.x]\n", 'line 1: district is no setting. Is "districts" meant?'),
        ("districts = 3\n", "districts must hold sections [districts.NAME]"),
        ("[districts]\nx = 3\n", "line 2: districts.x must be a section"),
        ('[districts."a/b"]\nurl = "u"\n', "'a/b' can't be the name of a district"),
        (f'[districts.x]\ncertificate = "{CERTIFICATE}\n', "line 2: this is not valid TOML"),
        (f"[districts.x]\ncertificate = {CERTIFICATE}\n", "line 2: this is not valid TOML"),
    ],
)
def test_a_wrong_document_is_named(store: CredentialStore, content: str, said: str) -> None:
    assert said in refused(written(store, content))


def test_a_line_is_found_under_a_name_with_blanks_and_dots(store: CredentialStore) -> None:
    content = '[districts."Lincoln Unified 2.0"]\nurl = "u"\ncertificate = 3\n'
    assert "line 3: districts.Lincoln Unified 2.0.certificate must be" in refused(written(store, content))


def test_what_a_person_writes_is_read(store: CredentialStore) -> None:
    content = """
        [districts.x]
        url = " https://x.example "
        certificate_command = "pass show 'a b'"
        daily_import = 03:30:00
    """
    credential = written(store, content).get()
    assert credential.source == FromCommand(("pass", "show", "a b"))
    assert credential.url == "https://x.example"
    assert credential.daily_import == dt.time(3, 30)
    assert credential.timezone == "America/Chicago"


def test_a_file_that_is_asked_for_again_and_again_is_parsed_once_and_a_change_is_seen(
    store: CredentialStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    usual = credentials.parse_toml
    monkeypatch.setattr(
        credentials, "parse_toml", lambda path, content: parsed.append(content) or usual(path, content)
    )
    store.add(lincoln())
    for _ in range(3):
        assert [one.name for one in CredentialStore(store.path).all()] == ["Lincoln"]
    assert len(parsed) == 1
    store.path.write_text(store.path.read_text().replace("Lincoln", "Jefferson"))
    assert [one.name for one in store.all()] == ["Jefferson"]


def test_a_failed_write_changes_nothing(store: CredentialStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(lincoln())
    before = store.path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(MasterError):
        store.remove("Lincoln")
    assert store.path.read_bytes() == before


def add_many(path: Path, first: int, count: int) -> None:
    store = CredentialStore(path)
    for number in range(first, first + count):
        store.add(
            Credential(f"district {number}", "https://x.example", InFile(Secret(f"certificate-{number}")))
        )


def test_writers_at_the_same_time_lose_nothing(store: CredentialStore) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=add_many, args=(store.path, first, 10)) for first in (0, 10, 20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    assert {one.name for one in store.all()} == {f"district {number}" for number in range(30)}


names = st.from_regex(r"[A-Za-z0-9_]([A-Za-z0-9 ._-]{0,20}[A-Za-z0-9_-])?", fullmatch=True)
printable = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30)


@given(
    names,
    printable,
    st.one_of(
        printable.map(lambda value: InFile(Secret(value))),
        st.lists(printable, min_size=1, max_size=4).map(lambda words: FromCommand(tuple(words))),
    ),
    st.one_of(st.none(), st.times().map(lambda time: time.replace(second=0, microsecond=0, tzinfo=None))),
)
def test_any_credential_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    url: str,
    source: CertificateSource,
    daily_import: dt.time | None,
) -> None:
    store = CredentialStore(tmp_path_factory.mktemp("any") / "credentials.toml")
    credential = Credential(name, url, source, daily_import)
    store.add(credential)
    assert store.get() == credential


def test_a_last_test_without_a_zone_is_taken_as_utc_wherever_the_machine_is(
    store: CredentialStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    try:
        (found,) = written(
            store,
            '[districts.Lincoln]\nurl = "https://lincoln.aeries.net"\ncertificate_env = "CERTIFICATE"\n'
            'last_test = {at = 2026-10-05T08:00:00, ok = true, summary = "all is well"}\n',
        ).all()
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found.last_test is not None
    assert found.last_test.at == dt.datetime(2026, 10, 5, 8, tzinfo=dt.UTC)
