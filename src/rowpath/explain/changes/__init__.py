"""Changes as text: where they go, what they say, and how modules are loaded with them."""
