"""What the fast path foretells of a list, for `rowpath explain`, in the project's own process."""

from collections.abc import Mapping

from rowpath.fast.drf.forecasting.asking import Client
from rowpath.fast.drf.forecasting.forecast import Forecast, forecast
from rowpath.fast.drf.forecasting.placing import owner_of_list
from rowpath.fast.drf.forecasting.routes import Route, list_routes


def foreseen(
    callback: object, kwargs: Mapping[str, object], query: str, user: object
) -> tuple[type, str] | None:
    """Return the class whose bases would have the mixin, and by which way it would answer.

    None where a URL's callback is no list of DRF's, has the mixin, or would be left to DRF.
    """
    routes = (route for route in list_routes() if isinstance(route, Route))
    route = next((route for route in routes if route.callback is callback), None)
    if route is None or route.is_asynchronous:
        return None
    texts = {name: str(each) for name, each in kwargs.items()}
    client = Client(user=user, kwargs=texts, query=query)
    told = forecast(route, measure=False, client=client)
    if told.is_fast or told.way is None:
        return None
    return owner_of_list(route.view_class) or route.view_class, _by(told)


def _by(told: Forecast) -> str:
    planned = told.planned
    if planned is None:
        return f"by its way {told.way!r}"
    return f"by its way {told.way!r}, from {planned.columns[0]} of {planned.columns[1]} columns"
