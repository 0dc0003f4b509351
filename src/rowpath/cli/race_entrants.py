"""Who takes part in a race, as the command line says it: URLs, programs and revisions."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rowpath.cli.load_requests import Common, requests_of, targets
from rowpath.errors import UsageError
from rowpath.lab.load.hosts import check_named
from rowpath.lab.load.plan import Target
from rowpath.lab.race.asking import path_of
from rowpath.lab.race.revisions import commit_of, place_in_checkout
from rowpath.lab.race.values import Entrant, Launch, entrants
from rowpath.lab.servers.own_program import PORT

_ANY_PORT = "65535"
"""Stands for a port that is not known yet, where a URL is read."""
_SLASH = {"", "/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """All entrants, and the checkout that their revisions are of, where they are revisions."""

    entrants: tuple[Entrant, ...]
    checkout: Path | None = None


def entered(options: dict[str, Any]) -> Entered:
    """Return who takes part; UsageError where options do not fit, before anything is started."""
    revisions, urls = _told_apart(options["urls"], is_git=options["is_git"])
    common = _common(options)
    asked = _targets(urls, common, options)
    commands = [_argv(text, "--command") for text in options["commands"]]
    if options["is_git"]:
        return _revisions(revisions, asked, commands, options)
    made = entrants(asked, options["names"])
    if commands:
        folder = Path.cwd()
        launched = zip(made, _for_each(commands, len(made)), strict=True)
        made = tuple(
            replace(entrant, launch=Launch(argv=argv, folder=folder)) for entrant, argv in launched
        )
    return Entered(entrants=_with_requests(made, common, options["requests_path"]))


def setup(options: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Return the programs that prepare each revision; UsageError where there is none."""
    if options["setup"] and not options["is_git"]:
        raise UsageError(
            "Cannot set up what is no revision: --setup is for the working trees of --git. "
            "Leave it out, or name revisions."
        )
    return tuple(_argv(text, "--setup") for text in options["setup"])


def _common(options: dict[str, Any]) -> Common:
    return Common(
        method=options["method"],
        headers=options["headers"],
        cookies=options["cookies"],
        body=options["body"],
        status=None,
    )


def _told_apart(words: Sequence[str], *, is_git: bool) -> tuple[Sequence[str], Sequence[str]]:
    """Return the revisions and the URLs among what was named."""
    if not is_git:
        return (), words
    revisions = [word for word in words if "://" not in word]
    return revisions, [word for word in words if "://" in word]


def _targets(urls: Sequence[str], common: Common, options: dict[str, Any]) -> tuple[Target, ...]:
    """Return what is asked, with the port left open where the race starts the server."""
    starts = bool(options["commands"])
    for url in urls:
        if (PORT in url) is not starts:
            raise UsageError(_no_port(url) if starts else _no_command(url))
    samples = [url.replace(PORT, _ANY_PORT) for url in urls]
    read = targets(samples, None, common)
    check_named(samples, may_leave_loopback=options["may_leave_loopback"], verb="race")
    for target in read:
        path_of(target.url)
    # What stands behind a # is not sent.
    patterns = [url.partition("#")[0] for url in urls]
    return tuple(replace(target, url=url) for target, url in zip(read, patterns, strict=True))


def _no_port(url: str) -> str:
    return (
        f"Cannot start a server for {url}: it does not say where the port goes. Write it as "
        f"http://127.0.0.1:{PORT}/; the command finds the port as {PORT}, and as PORT in its "
        "environment."
    )


def _no_command(url: str) -> str:
    return (
        f"Cannot ask {url}: its port is that of a server which the race starts, and there is no "
        "--command. Say how to start it, or write the port."
    )


def _argv(text: str, option: str) -> tuple[str, ...]:
    """Return a command as a program and its arguments: no shell reads it."""
    try:
        argv = tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(
            f"Cannot read {option} {text!r}: {error}. Quote it as a shell wants it."
        ) from error
    if not argv:
        raise UsageError(f"Cannot run nothing: {option} is empty. Name a program.")
    return argv


def _for_each(commands: Sequence[tuple[str, ...]], number: int) -> Sequence[tuple[str, ...]]:
    if len(commands) not in {1, number}:
        raise UsageError(
            f"Cannot start {number} servers by {len(commands)} commands. Write --command once for "
            "all, or once for each URL in their order."
        )
    return commands if len(commands) == number else [*commands] * number


def _revisions(
    revisions: Sequence[str],
    asked: Sequence[Target],
    commands: Sequence[tuple[str, ...]],
    options: dict[str, Any],
) -> Entered:
    if len(commands) != 1 or len(asked) != 1:
        raise UsageError(
            f"Cannot race revisions with {len(commands)} commands and {len(asked)} URLs: they are "
            f"all started by one --command and asked at one URL, like http://127.0.0.1:{PORT}/."
        )
    checkout, within = place_in_checkout(Path.cwd())
    commits = [commit_of(checkout, revision) for revision in revisions]
    made = entrants(list(asked) * len(revisions), options["names"] or revisions)
    launch = Launch(argv=commands[0], folder=within)
    named = tuple(
        replace(entrant, launch=launch, revision=commit)
        for entrant, commit in zip(made, commits, strict=True)
    )
    return Entered(
        entrants=_with_requests(named, _common(options), options["requests_path"]),
        checkout=checkout,
    )


def _with_requests(
    made: tuple[Entrant, ...], common: Common, file: Path | None
) -> tuple[Entrant, ...]:
    """Return the entrants, each with the file's requests at its own server."""
    if file is None:
        return made
    requests = requests_of(file, common)
    for entrant in made:
        parts = urlsplit(entrant.url)
        if entrant.launch is None and (parts.path not in _SLASH or parts.query):
            raise UsageError(
                f"Cannot ask {entrant.url} and the requests of {file}: the paths are those of the "
                "file. Leave out what stands behind the host."
            )
    return tuple(
        replace(
            entrant,
            requests=tuple(
                replace(request, url=f"{_origin(entrant.url)}{request.url}") for request in requests
            ),
        )
        for entrant in made
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
