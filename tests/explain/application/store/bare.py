"""The store behind an application that has no routes of its own to list."""

from store import main


class Bare:
    async def __call__(self, scope, receive, send):
        await main.app(scope, receive, send)


app = Bare()
