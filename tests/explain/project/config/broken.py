from config.settings import *  # noqa: F403

raise RuntimeError("no such day")
