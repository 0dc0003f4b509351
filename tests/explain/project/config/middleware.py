from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def headed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["X-Shop"] = "1"
        return response

    return respond
