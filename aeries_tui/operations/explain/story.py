"""The sentences of an explanation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict

from aeries_tui.codes import CODES, CodeText
from aeries_tui.left_out import RULES, Rule
from aeries_tui.master.roster.left_out import LeftOut

_For = TypedDict("_For", {"for": str})


class Remedy(_For):
    """What to do.

    Attributes:
        for: the code, or the rule that left the person out.
        remedy: what to do about it.
        page: of Aeries, on which to do it.
    """

    remedy: str
    page: str


@dataclass
class Story:
    """Sentences of the verdict, the codes they rest on, and what to do.

    Attributes:
        sentences: in the order in which they are to be read.
        codes: each once, in the order in which they were met.
        rule: what decides that the person is left out, where no error does.
        left_out: what the last pull left the person out for; None where it did not.
        own: the texts of the district's own codes.
        name: last and first name of somebody whom the Master never had, where the last pull read them.
    """

    sentences: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    rule: Rule | None = None
    left_out: LeftOut | None = None
    name: dict[str, str] = field(default_factory=dict)
    own: dict[str, CodeText] = field(default_factory=dict)
    _said: set[tuple[str, object]] = field(default_factory=set)

    def say(self, sentence: str, code: str = "", about: object = None) -> bool:
        """Add a sentence, and the code it rests on where there is one; returns whether it was news.

        Args:
            sentence: what is so.
            code: of the problem.
            about: with the code, what tells the fact from others; None for one that is said in any case.
        """
        if about is not None:
            if (code, about) in self._said:
                return False
            self._said.add((code, about))
        self.sentences.append(sentence)
        if code and code not in self.codes:
            self.codes.append(code)
        return True

    def remedies(self) -> list[Remedy]:
        """What to do about each code, and about the rule that left the person out: for, remedy, page."""
        texts = [CODES.get(code) or self.own.get(code) for code in self.codes]
        known = [(text.code, text.remedy, text.page) for text in texts if text is not None and text.remedy]
        if self.rule is not None and RULES[self.rule].remedy:
            text = RULES[self.rule]
            known.insert(0, (f"left out: {text.words}", text.remedy, text.page))
        return [{"for": name, "remedy": remedy, "page": page} for name, remedy, page in known]
