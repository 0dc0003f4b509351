"""A URL's regular expression as a person would write the URL: `^a/(?P<b>[^/]+)/$` is `a/<b>/`."""

import re
from collections.abc import Iterator

# What a regular expression is made of, as far as URLs have it.
_ESCAPE = r"\\."
_CLASS = r"\[\^?\]?(?:\\.|[^\]\\])*\]"
_TOKEN = re.compile(rf"{_ESCAPE}|{_CLASS}|\(|.", re.DOTALL)
_IN_GROUP = re.compile(rf"{_ESCAPE}|{_CLASS}|[()]|.", re.DOTALL)
_NAMED = re.compile(r"\(\?P<(\w+)>")

# Where a URL begins and ends; what may be there and need not; how often.
_ANCHORS = ("^", "$", r"\A", r"\Z", r"\z", r"\b", r"\B")
_QUANTIFIERS = "?*+"


def readable(regex: str) -> str:
    """Return `regex` with its groups as <name>, or <var> without one, and without anchors."""
    return "".join(_pieces(regex))


def _pieces(regex: str) -> Iterator[str]:
    at = 0
    while at < len(regex):
        token = _TOKEN.match(regex, at)
        if token is None:
            return
        text, at = token[0], token.end()
        if text == "(":
            end = end_of_group(regex, at)
            yield _group(regex[at - 1 : end])
            at = end
        elif text.startswith("["):
            yield text
            while at < len(regex) and regex[at] in _QUANTIFIERS:
                yield regex[at]
                at += 1
        elif text not in (*_ANCHORS, *_QUANTIFIERS):
            yield text[1:] if text[0] == "\\" and not text[1].isalnum() else text


def _group(text: str) -> str:
    if named := _NAMED.match(text):
        return f"<{named[1]}>"
    return text if text.startswith("(?") else "<var>"


def end_of_group(regex: str, at: int) -> int:
    """Return the index behind the parenthesis that closes the group whose inside begins at `at`."""
    depth = 1
    for token in _IN_GROUP.finditer(regex, at):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    return len(regex)
