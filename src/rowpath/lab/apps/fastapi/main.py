"""What uvicorn serves."""

from importlib import import_module

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from rowpath.lab.applications import App
from rowpath.lab.apps.fastapi import views
from rowpath.lab.apps.fastapi.database import SETTINGS, async_engine, engine
from rowpath.lab.experiments import EXPERIMENTS

app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
if SETTINGS.trace_folder is not None:
    # A timed process does not even load the instruments.
    from rowpath.lab.apps.fastapi.tracing import TracingMiddleware

    app.add_middleware(
        TracingMiddleware, engine=engine, async_engine=async_engine, folder=SETTINGS.trace_folder
    )

app.include_router(views.router)
for experiment in EXPERIMENTS:
    if any(experiment.answered_by(App.FASTAPI)):
        name = f"rowpath.lab.apps.fastapi.views_{experiment.name.replace('-', '_')}"
        app.include_router(import_module(name).router)


@app.exception_handler(RequestValidationError)
async def bad_request(_request: Request, error: RequestValidationError) -> JSONResponse:
    """Answer 400 to a size that is no number, as the Django application does."""
    return JSONResponse({"detail": jsonable_encoder(error.errors())}, status_code=400)
