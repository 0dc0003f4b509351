"""The names that DRF keeps to itself, and the fast path stands on."""

from rowpath.fast.private import Names

NEEDED: Names = {
    "rest_framework.fields.BooleanField": ("_lower_if_str",),
    "rest_framework.fields.Field": ("_kwargs",),
    "rest_framework.pagination.CursorPagination": ("_get_position_from_instance",),
    "rest_framework.request.Request": ("_request",),
    "rest_framework.reverse": ("_reverse",),
    "rest_framework.serializers.ModelSerializer": ("_get_model_fields",),
    "rest_framework.serializers.Serializer": ("_declared_fields", "_readable_fields"),
    # No underscore is before it, and no documentation has it.
    "rest_framework.utils.serializer_helpers.BindingDict": ("fields",),
}

USED_IF_THERE: Names = {
    # What a view has that was asked for its paginator.
    "rest_framework.generics.GenericAPIView": ("_paginator",),
    # What a serializer has that was made, and if it was given data, or has made its own.
    "rest_framework.serializers.BaseSerializer": ("_context", "_data", "_errors"),
    # A project may have these of its own: they only validate.
    "rest_framework.serializers.Serializer": ("_read_only_defaults", "_writable_fields"),
    "rest_framework.serializers.ModelSerializer": ("_get_constraint_violation_error_message",),
    # The command that tells about lists sets it on a request of its own, as DRF's test client does.
    "django.http.HttpRequest": ("_force_auth_user",),
}
