"""The names that Django, and asgiref beneath it, keep to themselves, and the fast path stands on.

Model._meta and Model._state are none of them: Django documents both.
"""

from rowpath.fast.private import Names

NEEDED: Names = {
    "django.core.paginator.Paginator": ("_get_page",),
    "django.db.backends.utils.CursorWrapper": ("_execute_with_wrappers",),
    "django.db.models.Manager": ("_db", "_hints", "_queryset_class"),
    "django.db.models.QuerySet": (
        *("_add_hints", "_chain", "_clone", "_db", "_deferred_filter", "_fetch_all", "_fields"),
        *("_filter_or_exclude", "_iterable_class", "_known_related_objects", "_next_is_sticky"),
        *("_prefetch_related_lookups", "_prefetch_related_objects", "_result_cache"),
    ),
    "django.db.models.base.ModelBase": ("_base_manager", "_default_manager"),
    "django.db.models.signals.ModelSignal": ("_live_receivers",),
    "django.db.models.sql.Query": ("_filtered_relations",),
    "django.urls.resolvers.URLResolver": ("_reverse_with_prefix",),
    "django.utils.timezone": ("_active",),
}

USED_IF_THERE: Names = {
    # Since Django 6.1.
    "django.db.models.QuerySet": ("_fetch_mode", "_query"),
    "django.db.models.query": ("_get_from_db",),
    # What is the same in two Queries whatever it is.
    "django.db.models.sql.Query": ("_annotation_select_cache",),
    # What an instance has for which something was prefetched.
    "django.db.models.Model": ("_prefetched_objects_cache",),
    # Where a command writes to: all that is lost is how it spells what a terminal does not have.
    "django.core.management.base.OutputWrapper": ("_out",),
    # By which the zone that is active is found in one look-up; without them Django is asked.
    "asgiref.local.Local": ("_storage",),
    "asgiref.local._CVar": ("_data",),
    # Likewise for the URLs, their prefix and the language; without them Django is asked.
    "django.urls.base": ("_prefixes", "_urlconfs"),
    "django.utils.translation.trans_real": ("_active",),
}
