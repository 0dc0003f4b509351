"""A serializer and the rows of a queryset, compiled to a plan and its columns."""
