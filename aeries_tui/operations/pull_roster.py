"""A pull with all that belongs to it: days of rest, alarms where it can't even begin, what follows its import."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aeries_tui.errors import Busy
from aeries_tui.operations.district import District
from aeries_tui.operations.follow_up import Imported, follow_up, tell_without_import
from aeries_tui.operations.kept_status import keep_status
from aeries_tui.operations.retention import after_pull
from aeries_tui.outcome import GOOD
from aeries_tui.pull.after_apply import Ended
from aeries_tui.pull.log import Line
from aeries_tui.pull.request import PullRequest
from aeries_tui.pull.run import pull
from aeries_tui.pull.signals import interrupted_by_signals, signals_held_back
from aeries_tui.schedule import TRIGGER, TRIGGER_VARIABLE, rests


@dataclass(frozen=True)
class PullOptions:
    """How a pull is made.

    Attributes:
        trigger: manual, timer, ui or demo; None for what the environment says, or manual.
        plan_only: stop at the plan and let it wait.
        resume: go on from the staged pages of the last pull that was stopped.
        quick: only what the change feeds name.
        year: the school year to ask for, such as `2026-2027`; blank for that of the settings, or else Aeries' default.
        acknowledge: acknowledge the prerequisites now, in this user's name.
    """

    trigger: str | None = None
    plan_only: bool = False
    resume: bool = False
    quick: bool = False
    year: str = ""
    acknowledge: bool = False


_CUT_SHORT = (
    "A signal ended what follows an import: its command, deliveries and alarms, those that were not made yet. "
    "The import itself is as it was."
)


@dataclass(frozen=True)
class Skipped:
    """A pull that did nothing, and why, in a sentence."""

    why: str


def pull_roster(
    district: District,
    options: PullOptions,
    echo: Callable[[Line], None] = lambda line: None,
    tell: Callable[[str], None] = lambda sentence: None,
    env: Mapping[str, str] | None = None,
) -> Imported | Skipped:
    """Pull the roster of a district in the foreground, and see to what follows.

    Args:
        district: whose roster.
        options: how.
        echo: gets each line of the log as it is written.
        tell: gets what failed of the alarms where there is no import to return, and what the retention rule did.
        env: the environment; None for this process's own.

    Raises:
        Busy: another pull of the district is running.
        WrongUse: something must be put right first; nothing was read.
        MasterError: the Master or its disk can't be used. A pull of the timer raises its alarms all the same,
            as it does for a defect.
    """
    env = os.environ if env is None else env
    trigger = options.trigger or env.get(TRIGGER_VARIABLE) or "manual"
    begun = dt.datetime.now(dt.UTC)
    if rests(district.settings.pull, district.credential.timezone, begun, env):
        return Skipped(f"Today is a blackout date of {district.name}: the daily import does nothing.")
    request = PullRequest(
        district.files, district.credential, district.settings, trigger, plan_only=options.plan_only,
        resume=options.resume, quick=options.quick, year=options.year, acknowledge=options.acknowledge,
    )  # fmt: skip
    # An import that has ended is told as it ended, whoever wants to stop what follows it.
    with signals_held_back():
        try:
            ended = pull(request, echo)
        except Busy:
            raise
        except Exception:
            if trigger == TRIGGER:
                with interrupted_by_signals():
                    told = tell_without_import(district, begun)
                for sentence in told:
                    tell(sentence)
            raise
        try:
            with interrupted_by_signals():
                return _followed_up(district, ended, begun, tell)
        except KeyboardInterrupt:
            return Imported(ended, [_CUT_SHORT, *keep_status(district)])


def _followed_up(
    district: District, ended: Ended, begun: dt.datetime, tell: Callable[[str], None]
) -> Imported:
    """See to what follows an import, and to what the retention rule asks after a good one."""
    imported = follow_up(district, ended, begun)
    if ended.outcome in GOOD:
        for sentence in after_pull(district, dt.datetime.now(dt.UTC)):
            tell(sentence)
    return imported
