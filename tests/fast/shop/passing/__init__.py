"""Code that passes on what a serializer has for data, with and without FastSerializer."""
