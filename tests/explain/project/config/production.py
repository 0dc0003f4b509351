from config.settings import *  # noqa: F403

DEBUG = False
