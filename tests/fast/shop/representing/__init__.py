"""Serializers by DRF's classes and by FastSerializer: cases of what they may be asked for."""

# Each adds its cases to those of the bases.
from fast.shop.representing import methods, of_models, of_objects, own_fields  # noqa: F401
