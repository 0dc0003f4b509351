"""The experiment `cache`: section 7 of the talk, with the page of section 6."""

from dataclasses import dataclass
from time import sleep, time

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import cache_page

from rowpath.lab.apps.django.sizes import plain_rows_asked
from rowpath.lab.apps.django.views_concurrency import DUDE_ID, page_of

LIFETIME_S = 60
"""The talk's minute."""
SHORT_LIFETIME_S = 1.0
"""So short that an entry expires again and again while users ask."""
LOCK_S = 10
"""When somebody else may make the page, should the one who holds the lock have died."""
LOOK_AGAIN_S = 0.01
REFRESH_AFTER_S = SHORT_LIFETIME_S / 2
"""Early enough for a page to be made before the old one is gone."""

Page = dict[str, object]


@dataclass(slots=True)
class Pages:
    """How many pages this process has made."""

    made: int = 0


PAGES = Pages()


def made_page(rows: int) -> Page:
    """Make the page, all eleven statements of it."""
    PAGES.made += 1
    return page_of(rows)


def cached_page(cache: BaseCache, rows: int, lifetime_s: float = LIFETIME_S) -> Page:
    """Return the page that the cache has; whoever finds none makes it."""
    key = f"dude-{DUDE_ID}-{rows}-for-{lifetime_s}"
    page: Page | None = cache.get(key)
    if page is None:
        page = made_page(rows)
        cache.set(key, page, lifetime_s)
    return page


class WithoutCache(View):
    """Each request makes the page."""

    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse(made_page(plain_rows_asked(request)))


class LocMem(View):
    """LocMemCache: each worker process has a cache of its own."""

    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse(cached_page(caches["default"], plain_rows_asked(request)))


class RedisCached(View):
    """RedisCache: all workers share it."""

    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse(cached_page(caches["redis"], plain_rows_asked(request)))


class DatabaseCached(View):
    """DatabaseCache: all workers share it, and ask PostgreSQL for it."""

    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse(cached_page(caches["database"], plain_rows_asked(request)))


@method_decorator(cache_page(LIFETIME_S), name="dispatch")
class CachePage(View):
    """cache_page over LocMemCache: the whole answer is kept, as it was sent."""

    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse(made_page(plain_rows_asked(request)))


class ExpiringCached(View):
    """Whoever finds that the entry has expired makes the page, however many these are."""

    def get(self, request: HttpRequest) -> JsonResponse:
        rows = plain_rows_asked(request)
        return JsonResponse(cached_page(caches["database"], rows, SHORT_LIFETIME_S))


class ExpiringLocked(View):
    """Of those that find that the entry has expired one makes the page, and the others wait."""

    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse(page_by_one(caches["database"], plain_rows_asked(request)))


def page_by_one(cache: BaseCache, rows: int) -> Page:
    """Return the page that the cache has, or will have once somebody has made it."""
    key, lock = f"dude-{DUDE_ID}-{rows}-by-one", f"dude-{DUDE_ID}-{rows}-lock"
    page: Page | None
    while (page := cache.get(key)) is None:
        if cache.add(lock, "taken", LOCK_S):
            try:
                page = made_page(rows)
                cache.set(key, page, SHORT_LIFETIME_S)
            finally:
                cache.delete(lock)
            break
        sleep(LOOK_AGAIN_S)
    return page


class ExpiringEarly(View):
    """Before the entry expires one makes the page anew, and the others go on with the old one."""

    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse(page_refreshed_early(caches["database"], plain_rows_asked(request)))


def page_refreshed_early(cache: BaseCache, rows: int) -> Page:
    """Return the page that the cache has, unless it is this request's turn to make it anew."""
    key, lock = f"dude-{DUDE_ID}-{rows}-early", f"dude-{DUDE_ID}-{rows}-early-lock"
    page, refresh_at = cache.get(key) or ({}, 0.0)
    if not page or (time() >= refresh_at and cache.add(lock, "taken", LOCK_S)):
        page = made_page(rows)
        cache.set(key, (page, time() + REFRESH_AFTER_S), SHORT_LIFETIME_S)
        cache.delete(lock)
    return page
