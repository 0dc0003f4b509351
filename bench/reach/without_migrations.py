"""Tables as the models say, where a project's own migrations take minutes or need its servers."""


class WithoutMigrations(dict[str, None]):
    """MIGRATION_MODULES that name none, for whatever app."""

    def __contains__(self, app: object) -> bool:
        """Every app has none."""
        return True

    def __getitem__(self, app: str) -> None:
        """Return that there are none."""
        return
