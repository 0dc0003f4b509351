"""Rows with lists of their own, by DRF alone and with FastListMixin."""
