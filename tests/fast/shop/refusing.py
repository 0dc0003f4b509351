"""URLs that cannot be read."""

raise RuntimeError("no URLs today")
