"""The one table of actions, and a person's own keys."""

from __future__ import annotations

import pytest

from aeries_tui.actions import ACTIONS, GLOBAL, TITLES, WIDGETS_OF
from aeries_tui.errors import ConfigurationError
from aeries_tui.keys import Keymap, keys_of, shown, spelled
from tui.pictures import markdown_table


def test_the_default_keys_do_not_clash_and_reach_a_program_through_every_terminal() -> None:
    Keymap()
    allowed = set("/?<>+-#!:*")
    named = {
        "escape",
        "enter",
        "space",
        "tab",
        "up",
        "down",
        "left",
        "right",
        "home",
        "end",
        "pageup",
        "pagedown",
        "backspace",
    }
    for action in ACTIONS:
        for key in action.key.split(","):
            plain = (
                (len(key) == 1 and key.isalnum())
                or key in allowed | named
                or key in {f"f{number}" for number in range(1, 11)}
            )
            in_vi = "-move-" in action.id and key in {f"ctrl+{letter}" for letter in "udfb"}
            assert plain or in_vi or action.id in {"palette", "interrupt", "suspend"}, action


def test_the_keys_of_vi_mean_nothing_else_anywhere() -> None:
    for action in ACTIONS:
        if "-move-" not in action.id:
            assert not {"j", "k", "g", "G", "ctrl+d", "ctrl+u", "ctrl+f", "ctrl+b"} & set(keys_of(action)), (
                action
            )


def test_every_action_has_a_name_of_its_own_a_group_and_words() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    for action in ACTIONS:
        assert action.group in TITLES
        assert action.help.endswith(".")
        assert 0 < len(action.label) <= 16


def test_the_digits_lead_to_the_screens_from_everywhere() -> None:
    digits = {key for action in Keymap().group(GLOBAL) for key in keys_of(action) if key.isdigit()}
    assert digits == set("1234567")
    for screen in WIDGETS_OF:
        own = [action for group in (screen, *WIDGETS_OF[screen]) for action in Keymap().group(group)]
        assert own and not any(key.isdigit() for action in own for key in keys_of(action))


def test_a_key_can_be_changed_and_is_shown_everywhere() -> None:
    keymap = Keymap({"pull-start": "x", "table-search": "f3,/"})
    assert keymap.shown("pull-start") == "x"
    assert keymap.textual() == {"pull-start": "x", "table-search": "f3,slash"}
    assert "| F3 / | Search the list. | `table-search` |" in markdown_table(keymap)


def test_two_actions_may_swap_their_keys() -> None:
    keymap = Keymap({"plan-approve": "d", "plan-discard": "a"})
    assert (keymap.shown("plan-approve"), keymap.shown("plan-discard")) == ("d", "a")


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"pull-start": "r"}, ("pull-start", "pull-resume")),
        ({"people-explain": "n"}, ("people-explain", "table-next")),
        ({"schools-undo": "4"}, ("schools-undo", "go-pull")),
        ({"quit": "f"}, ("quit", "table-filter")),
        ({"dialog-yes": "n"}, ("dialog-yes", "dialog-no")),
    ],
)
def test_a_clash_is_refused_by_naming_both(overrides: dict[str, str], says: tuple[str, ...]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Keymap(overrides)
    assert all(name in refused.value.message for name in says)
    assert refused.value.remedy


@pytest.mark.parametrize("key", ["ctrl+m", "ctrl+h", "alt+x", "ctrl+shift+a", "", "é", "foo"])
def test_keys_that_get_lost_on_the_way_are_refused(key: str) -> None:
    with pytest.raises(ConfigurationError, match="does not reach"):
        Keymap({"pull-start": key})


def test_unknown_and_fixed_actions_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="names no action"):
        Keymap({"pull-strat": "x"})
    with pytest.raises(ConfigurationError, match="Esc stays Back"):
        Keymap({"back": "x"})


def test_keys_are_spelled_for_the_program_and_shown_for_people() -> None:
    assert [spelled(key) for key in ("?", "/", "N", "F5", " ")] == [
        "question_mark",
        "slash",
        "N",
        "f5",
        "space",
    ]
    assert [shown(key) for key in ("question_mark", "f5", "ctrl+p", "pageup", "N")] == [
        "?",
        "F5",
        "^p",
        "PgUp",
        "N",
    ]
