"""The measured application in FastAPI with SQLAlchemy."""
