"""Relations that nobody loaded, loaded for all rows of a list as one of them first asks.

`relations` says which relations give for many instances at once what they give for each of them.
`lazy` has the caches of an instance ask, in the moment in which Django would send a statement for
it; so a statement for all is sent only in the place of one. `places` knows which instances stand
beside that one, `loading` asks for all of them and hands out copies (`copies`). What `writes` sees
on a connection ends it all: from then on each instance asks for itself.
"""
