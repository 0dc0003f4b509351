from django.contrib.auth.models import User
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request


class ByName(BaseAuthentication):
    """Believes what the header User says."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        name = request.headers.get("User")
        if name is None:
            return None
        user = User.objects.filter(username=name).first()
        if user is None:
            raise AuthenticationFailed
        return user, None

    def authenticate_header(self, _request: Request) -> str:
        return "Name"
