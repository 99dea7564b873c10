"""The one tree of errors, sorted by what the caller can do about them.

Every error speaks to a person in three parts: what happened, what it means for
their data, and what to do now. None of them ever holds a certificate, a response
body or a student's name.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Problem:
    """What went wrong, in words for the person who asked; what an error says and the book of imports keeps.

    Attributes:
        code: the stable code of `aeries_tui.codes`; blank where there is none.
        message: what happened, one sentence.
        meaning: what it means for the data; blank where nothing was at stake.
        remedy: what to do now.
    """

    code: str
    message: str
    meaning: str = ""
    remedy: str = ""

    @property
    def sentences(self) -> list[str]:
        """Message, meaning and remedy; blanks left out."""
        return [sentence for sentence in (self.message, self.meaning, self.remedy) if sentence]

    def lines(self) -> list[str]:
        """The same with the code before the message."""
        head = f"{self.code}: {self.message}" if self.code else self.message
        return [line for line in (head, self.meaning, self.remedy) if line]

    def document(self) -> dict[str, str]:
        """The problem as JSON documents give it."""
        return asdict(self)


class AeriesTuiError(Exception):
    """Anything the program says no to, in words for the person who asked.

    Args:
        message: what happened, one sentence.
        meaning: what it means for the data; blank where nothing was at stake.
        remedy: what to do now.
        code: the stable code of `aeries_tui.codes`, where there is one.
    """

    exit_status: ClassVar[int] = 5

    def __init__(self, message: str, *, meaning: str = "", remedy: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.meaning = meaning
        self.remedy = remedy
        self.code = code

    @property
    def problem(self) -> Problem:
        """What it says, as a value."""
        return Problem(self.code, self.message, self.meaning, self.remedy)

    def lines(self) -> list[str]:
        """The error as a person reads it: message, meaning, remedy; blanks left out."""
        return self.problem.lines()


class WrongUse(AeriesTuiError):
    """The call or the configuration is wrong; the caller corrects it and calls again."""

    exit_status = 2


class ConfigurationError(WrongUse):
    """A file of the configuration can't be used; names the file and, where known, the key."""


class NotFound(WrongUse):
    """What was asked for by name or number is not there."""


class NotAllowedNow(WrongUse):
    """The request is well formed but the state of the data forbids it (a stale plan, say)."""


class Busy(AeriesTuiError):
    """Somebody else holds what is needed; the caller tries again later."""

    exit_status = 75


class Cancelled(AeriesTuiError):
    """It was ended by a wish; the caller begins it again where it is wanted."""

    exit_status = 130


class SourceError(AeriesTuiError):
    """Aeries could not be read. `retry` and `fatal` tell what the caller can do.

    Attributes:
        retry: another attempt at the same request may succeed.
        fatal: no other request can succeed either; the pull stops.
    """

    retry: ClassVar[bool] = False
    fatal: ClassVar[bool] = False


class MasterError(AeriesTuiError):
    """The District Master or its disk can't be used; the last good state is left as it is."""


_BY_NAME: dict[str, type[AeriesTuiError]] = {
    kind.__name__: kind
    for kind in (
        AeriesTuiError, WrongUse, ConfigurationError, NotFound, NotAllowedNow, Busy, Cancelled, SourceError,
        MasterError,
    )
}  # fmt: skip


def kind_of(error: AeriesTuiError) -> str:
    """The nearest class of this module that an error is of, by name: what another process can make of it."""
    return next(kind.__name__ for kind in type(error).__mro__ if _BY_NAME.get(kind.__name__) is kind)


def error_of(kind: str, problem: Problem) -> AeriesTuiError:
    """The error that another process told by `kind_of` and `problem`; an unknown kind is an AeriesTuiError."""
    made = _BY_NAME.get(kind, AeriesTuiError)
    return made(problem.message, meaning=problem.meaning, remedy=problem.remedy, code=problem.code)
