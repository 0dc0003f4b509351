"""What every service has: a list of its paths, and an answer to whether it is ready."""

from fastapi import APIRouter, Request
from sqlalchemy import text

from rowpath.lab.apps.fastapi.database import DbSession

router = APIRouter()


@router.get("/")
def index(request: Request) -> dict[str, list[str]]:
    """Answer the paths that can be asked for."""
    return {"paths": list(request.app.openapi()["paths"])}


@router.get("/ready")
def ready(db_session: DbSession) -> dict[str, bool]:
    """Answer 200 where the database can be reached; an error is the server's own answer else."""
    db_session.execute(text("SELECT 1"))
    return {"ready": True}
