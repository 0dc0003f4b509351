"""The engine and its sessions: those of the FastAPI application."""

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from rowpath.lab.apps.settings import from_environment

SETTINGS = from_environment()

engine = create_engine("postgresql+psycopg://", connect_args=SETTINGS.connection_parameters())
SessionLocal = sessionmaker(bind=engine, autoflush=False)
