"""The one schema that the lab writes, in any database; the measured applications look there too."""

SCHEMA = "rowpath_lab"
