"""Django with what is there to be faster than DRF, each peer in a module of its own."""
