from contextlib import asynccontextmanager

from fastapi import FastAPI

from store import models

TABLES = models.Base.metadata.tables


@asynccontextmanager
async def lifespan(_app):
    raise RuntimeError("no such queue")
    yield


app = FastAPI(lifespan=lifespan)
