"""The sentences of an explanation."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Story:
    """Sentences of the verdict, and the codes they rest on."""

    sentences: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    def say(self, sentence: str, code: str = "") -> None:
        """Add a sentence, and the code it rests on where there is one."""
        self.sentences.append(sentence)
        if code and code not in self.codes:
            self.codes.append(code)
