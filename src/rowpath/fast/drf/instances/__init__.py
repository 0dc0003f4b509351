"""Lists whose rows are written from their instances: in the order of DRF, by compiled code.

`rows` tells compiled code how the rows of a serializer are written, member by member (`members`),
by what `drf.data` knows of the fields. `written` has the rows of one list as JSON, and as the data
that DRF would have made. `listing` decides which of the two an answer gets.
"""
