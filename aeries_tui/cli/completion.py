"""Shell completion, made from the parser itself so that it never lags behind."""

from __future__ import annotations

import argparse

from aeries_tui.cli.parser import make_parser

_BASH = """\
# bash completion for aeries-tui: source this, or put it into /etc/bash_completion.d/aeries-tui
_aeries_tui() {{
    local path="" word
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$word" in -*) ;; *) path="$path $word" ;; esac
    done
    case "$path" in
{cases}
        *) COMPREPLY=($(compgen -f -- "${{COMP_WORDS[COMP_CWORD]}}")) ;;
    esac
}}
complete -F _aeries_tui aeries-tui
"""
_ZSH = """\
#compdef aeries-tui
# zsh completion for aeries-tui: source this, or put it into a directory of $fpath as _aeries-tui
autoload -U +X bashcompinit && bashcompinit
{bash}"""
_FISH = "# fish completion for aeries-tui: put it into ~/.config/fish/completions/aeries-tui.fish\n{lines}"


def _walk(parser: argparse.ArgumentParser, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], list[str]]]:
    """Each command as a path of words, with the words and options that may follow it."""
    words: list[str] = []
    below: list[tuple[tuple[str, ...], list[str]]] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                words.append(name)
                below += _walk(child, (*path, name))
        elif action.help != argparse.SUPPRESS:
            words += [option for option in action.option_strings if option.startswith("--")]
            words += [str(choice) for choice in action.choices or ()]
    return [(path, words), *below]


def script(shell: str) -> str:
    """The completion script for bash, zsh or fish."""
    commands = _walk(make_parser(), ())
    if shell == "fish":
        return _FISH.format(lines="\n".join(_fish(path, words) for path, words in commands if words))
    cases = "\n".join(
        f'        "{"".join(" " + word for word in path)}"*) '
        f'COMPREPLY=($(compgen -W "{" ".join(words)}" -- "${{COMP_WORDS[COMP_CWORD]}}")) ;;'
        for path, words in sorted(commands, key=lambda item: -len(item[0]))
        if words
    )
    bash = _BASH.format(cases=cases)
    return bash if shell == "bash" else _ZSH.format(bash=bash)


def _fish(path: tuple[str, ...], words: list[str]) -> str:
    condition = (
        "; and ".join(f"__fish_seen_subcommand_from {word}" for word in path) or "__fish_use_subcommand"
    )
    return "\n".join(
        f"complete -c aeries-tui -n '{condition}' -l {word[2:]}"
        if word.startswith("--")
        else f"complete -c aeries-tui -f -n '{condition}' -a {word}"
        for word in words
    )
