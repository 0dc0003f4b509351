"""Lists whose relations nobody has loaded, by DRF alone and with FastListMixin."""
