"""Litestar with SQLAlchemy and msgspec."""
