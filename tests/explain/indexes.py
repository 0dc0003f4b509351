"""The indexes that the shop's sales lack, by the paths that want them.

With fewer sales PostgreSQL reads them all, whatever index they have.
"""

SALES = "40000"
CHANGES = {
    "/of-buyer/4/": 'indexes = [models.Index(fields=["buyer"])]',
    "/latest/": 'indexes = [models.Index(fields=["kind", "-day"])]',
    "/sorted/": 'indexes = [models.Index(fields=["-day", "id"])]',
    "/unpaid/": 'indexes = [models.Index(fields=["is_paid"])]',
}
