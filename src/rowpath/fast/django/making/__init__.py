"""The instances of a queryset, made by compiled code as Django makes them.

`iterable` stands in the place of Django's ModelIterable for a while, for one queryset: it sends the
statement, and has Django make the instances of its rows wherever `makers` cannot tell how. `makers`
tells compiled code (`fast._making`) which attributes an instance of a row has, `converters` how its
values are converted; both look at what Django's own compiler has decided.
"""
