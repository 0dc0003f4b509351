"""A cache in files for a project that expects django-redis, and one that processes share."""

from django.core.cache.backends.filebased import FileBasedCache


class FileCache(FileBasedCache):
    """Django's own, with what nautobot calls of django-redis."""

    def delete_pattern(self, pattern: str) -> None:
        """Forget everything, which is more than is asked for."""
        del pattern
        self.clear()
