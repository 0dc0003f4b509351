"""The tables of bench/peer_packages.py, as models that its package makes of them."""

import sys

from django.db import models

from peer_packages_setup import PACKAGES

_PACKAGE = PACKAGES[sys.argv[1]]
_Model = _PACKAGE.base() if _PACKAGE.base else models.Model


class Author(_Model):  # type: ignore[misc, valid-type]
    """Who wrote a book."""

    name = models.CharField(max_length=50)
    born = models.DateField()


class Book(_Model):  # type: ignore[misc, valid-type]
    """What the lists are of."""

    title = models.CharField(max_length=50)
    author = models.ForeignKey(Author, models.CASCADE)
    price = models.DecimalField(max_digits=7, decimal_places=2)
    pages = models.IntegerField()
    is_out = models.BooleanField(default=True)
    at = models.DateTimeField()
    locals().update(_PACKAGE.attributes() if _PACKAGE.attributes else {})
