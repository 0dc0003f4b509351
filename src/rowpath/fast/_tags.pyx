# cython: language_level=3
"""Whether classes are as they were, told by CPython's own tags: in C, and in no time.

CPython gives each class a tag for its cache of attributes. Setting or deleting an attribute of a
class takes the tag away from it and from its subclasses, and no tag is given twice
(Objects/typeobject.c, PyType_Modified and assign_version_tag).
"""

from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE
from libcpp.vector cimport vector

cdef extern from "Python.h":
    ctypedef struct PyTypeObject:
        unsigned int tp_version_tag


cdef class Tags:
    """The tags of some classes as they are when this is made."""

    cdef tuple _classes
    cdef vector[unsigned int] _tags

    def __init__(self, tuple classes not None):
        """Remember the tags of `classes`; TypeError for what is no class."""
        for one in classes:
            if not isinstance(one, type):
                raise TypeError(f"{one!r} is no class")
        self._classes = classes
        for place in range(PyTuple_GET_SIZE(classes)):
            self._tags.push_back((<PyTypeObject*>PyTuple_GET_ITEM(classes, place)).tp_version_tag)

    def hold(self):
        """Whether no class was changed since; False as well for one that had no tag."""
        cdef unsigned int tag
        for place in range(PyTuple_GET_SIZE(self._classes)):
            tag = (<PyTypeObject*>PyTuple_GET_ITEM(self._classes, place)).tp_version_tag
            if tag == 0 or tag != self._tags[place]:
                return False
        return True

    def others_than(self, Tags before not None):
        """Return the classes that were touched since `before`, which is of the same classes.

        A class that had no tag then and has one now was only looked at.
        """
        cdef unsigned int tag
        cdef unsigned int was
        found = []
        for place in range(PyTuple_GET_SIZE(self._classes)):
            tag, was = self._tags[place], before._tags[place]
            if tag == 0 or (was != 0 and tag != was):
                found.append(self._classes[place])
        return found
