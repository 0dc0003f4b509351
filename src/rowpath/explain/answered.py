"""Which answers can be explained; pure."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from rowpath.explain.messages import Answer
from rowpath.explain.values import Request

_OK = range(200, 300)
_LEADS_ON = frozenset({302, 303})
"""How a write is answered whose result is another page: after success, "redirect after POST"."""
_LOG_IN = re.compile(r"(?:^|[/_.-])(?:log|sign)[_-]?in(?:$|[/_.?-])|/(?:sso|saml2?|oidc|oauth2?)/")


def is_answered(answer: Answer, request: Request) -> bool:
    """Return whether an answer is a success, or leads on from a request that writes."""
    if answer.status in _OK:
        return True
    leads_on = request.may_write and answer.status in _LEADS_ON and answer.location is not None
    return leads_on and not leads_to_log_in(answer.location or "", request.path)


def leads_to_log_in(location: str, path: str) -> bool:
    """Return whether a redirect leads to a log-in page: by its name, or as it is to come back."""
    parts = urlsplit(location)
    asked = path.partition("?")[0]
    back = (unquote(value).partition("?")[0] for _, value in parse_qsl(parts.query))
    return _LOG_IN.search(parts.path.lower()) is not None or asked in back
