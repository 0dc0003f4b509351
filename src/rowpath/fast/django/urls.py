"""Which of a project's URL patterns Django takes for keys of one kind, and whether for all.

Django tries the patterns of a name one after another and takes the first that matches the URL it
has made. Patterns are regular expressions: if the key is captured by a group of its own, and
nothing else in the pattern looks at it, any other text that the group matches is as good.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import urls
from django.http import HttpRequest
from django.urls import base, converters, get_resolver, get_urlconf, resolvers

from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.forms import LinkKey
from rowpath.fast.patterns import end_of_group
from rowpath.fast.shipped import relied
from rowpath.fast.stores import kept

_CONVERTERS = (
    converters.IntConverter,
    converters.SlugConverter,
    converters.StringConverter,
    converters.UUIDConverter,
)
_UUID = converters.UUIDConverter.regex
_HEX = "0123456789abcdef-"
_DIGITS = "0123456789"
# What every key of a kind may have. Of the others each byte is looked at.
_NEEDED = {LinkKey.INTEGER: _DIGITS, LinkKey.UUID: _HEX}

# One character or more of a class: [^/.]+ or \d+; and UUIDs by their length.
_OF_A_CLASS = re.compile(r"(\[\^?[^\[\]]+\]|\\[dw])(\+|\{36\})")
_EXCLUDING = re.compile(r"\[\^[^\[\]\\]+\]\+")
# What may look beyond its own place: lookarounds, flags, references, \b, and quantifiers and groups
# that give nothing back.
_LOOKING = re.compile(r"\(\?(?!P<\w+>|:)|\\[bB1-9]|[*+?}]\+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What Django's reverse() is asked for, with a probe for the key."""

    name: str
    kwargs: Mapping[str, Any]
    keyword: str
    """The key's."""
    key: LinkKey


def unlike_django() -> str | None:
    """Return what of Django's ways to make a URL is replaced; None if nothing is."""
    return (
        relied.check(base, "reverse", "get_urlconf", "get_script_prefix")
        or relied.check(resolvers.URLResolver, "_reverse_with_prefix", "reverse_dict")
        or relied.check(HttpRequest, "build_absolute_uri")
        or relied.check(urls, "reverse")
    )


def allowed_in(wanted: Wanted) -> bytes | None:
    """Return the bytes of keys for which Django takes the pattern that it takes for the probe.

    None if it takes none, whatever the key is. Raises CannotCompileError where that is not certain.
    """
    resolver, view = _resolver_of(wanted.name)
    if resolver is None:
        return None
    for possibility, pattern, defaults, known in resolver.reverse_dict.getlist(view):
        for result, params in possibility:
            if _is_for(params, defaults, wanted):
                return _allowed(wanted, result, pattern, known)
    return None


def _resolver_of(name: str) -> tuple[Any, str]:
    """Return the resolver that has the pattern called `name`, and its name there."""
    *path, view = name.split(":")
    resolver: Any = get_resolver(get_urlconf())
    prefix, known = "", {}
    for namespace in path:
        instances = resolver.app_dict.get(namespace)
        if instances and namespace not in instances:
            namespace = instances[0]  # noqa: PLW2901 - an application's first instance
        if namespace not in resolver.namespace_dict:
            return None, view
        extra, resolver = resolver.namespace_dict[namespace]
        prefix += extra
        known.update(resolver.pattern.converters)
    if prefix:
        resolver = resolvers.get_ns_resolver(prefix, resolver, tuple(known.items()))
    return resolver, view


def _is_for(params: list[str], defaults: Mapping[str, Any], wanted: Wanted) -> bool:
    kwargs, keyword = wanted.kwargs, wanted.keyword
    if set(kwargs).symmetric_difference(params).difference(defaults):
        return False
    if keyword in defaults and keyword not in params:
        raise CannotCompileError(f"a pattern of {wanted.name} is for one {keyword} alone")
    return all(key in params or kwargs.get(key, given) == given for key, given in defaults.items())


def _allowed(wanted: Wanted, result: str, pattern: str, known: Mapping[str, Any]) -> bytes:
    for one in known.values():
        if type(one) not in _CONVERTERS or relied.check(type(one), "to_url"):
            raise CannotCompileError(f"{type(one).__name__} may write keys in a way of its own")
    subs = {
        key: known[key].to_url(value) if key in known else str(value)
        for key, value in wanted.kwargs.items()
    }
    found = re.search("^" + pattern, result % subs)
    if found is not None and found.groupdict().get(wanted.keyword) == str(subs[wanted.keyword]):
        allowed = _of_pattern(pattern, wanted.keyword, wanted.key)
        if allowed is not None:
            return allowed
    raise CannotCompileError(f"not every key may match the pattern of {wanted.name}, {pattern}")


@kept
@lru_cache(maxsize=1_000)
def _of_pattern(pattern: str, keyword: str, key: LinkKey) -> bytes | None:
    """Return the bytes that a key may have to match; None if not every such key may match."""
    begin = f"(?P<{keyword}>"
    before, found, rest = pattern.partition(begin)
    end = end_of_group(rest, 0)
    group, behind = rest[: end - 1], rest[end:]
    if not found or begin in behind or any(map(_LOOKING.search, (before, behind))):
        return None
    if key is LinkKey.UUID and group == _UUID:
        return _HEX.encode()
    allowed = _of_group(group, key)
    needed = _NEEDED.get(key, "").encode()
    return None if allowed is None or set(needed) - set(allowed) else allowed


def _of_group(group: str, key: LinkKey) -> bytes | None:
    made = _OF_A_CLASS.fullmatch(group)
    if made is None or not group.isascii() or (made[2] != "+" and key is not LinkKey.UUID):
        return None
    # A slash in a key would begin another segment, which may be a dotted one.
    others = (byte for byte in range(1, 128) if byte != ord("/"))
    allowed = bytes(byte for byte in others if re.fullmatch(made[1], chr(byte)))
    return allowed + bytes(range(128, 256)) if _EXCLUDING.fullmatch(group) else allowed
