"""config.example.toml holds every setting with its default and a sentence."""

import tomllib
from pathlib import Path

import pytest

from aeries_tui.settings import Settings, load_settings
from aeries_tui.settings.config import sections, settings_in
from aeries_tui.settings.example import render_example

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def test_the_file_is_what_the_settings_say() -> None:
    made = "python -m aeries_tui.settings.example > config.example.toml"
    assert EXAMPLE.read_text(encoding="utf-8") == render_example(), f"make it anew: {made}"


def test_loading_it_gives_the_defaults() -> None:
    assert load_settings(EXAMPLE) == Settings(path=EXAMPLE)


def test_no_key_is_missing_and_each_has_its_sentence() -> None:
    document = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    assert set(document) == {*sections(), "keys"}
    for name, section in sections().items():
        described = {key: setting for key, _, setting in settings_in(section)}
        unset = {key for key, default, _ in settings_in(section) if default is None}
        assert set(document[name]) == set(described) - unset
        assert all(setting.doc.endswith((".", '".')) for setting in described.values())


def test_what_it_shows_commented_out_can_be_used(tmp_path: Path) -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    shown = [
        line.removeprefix("# ")
        for line in lines
        if line.startswith("[") or (line.startswith("# ") and (" = " in line or line.startswith("# [")))
    ]
    path = tmp_path / "config.toml"
    path.write_text("\n".join(shown), encoding="utf-8")
    settings = load_settings(path)
    for name, section in sections().items():
        for key, default, described in settings_in(section):
            if described.example:
                assert getattr(getattr(settings, name), key) != default
    assert settings.guard.limits_for("course").loss_percent == pytest.approx(30.0)
    assert settings.keys == {"ACTION": "f5"}
