"""Why an endpoint is slow, which line to change, and the proof that the change is right."""
