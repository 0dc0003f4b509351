"""What the fast path makes of a project's routes, told without a request."""
