"""Lists of hyperlinks, by DRF alone and with FastListMixin."""
