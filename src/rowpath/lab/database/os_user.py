"""The OS user that PostgreSQL runs as: ourselves, or, since it refuses root, another for root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from rowpath.errors import DatabaseError

FOR_ROOT = ("postgres", "nobody")
"""Users that are there already, the better one first."""


class Identity(TypedDict, total=False):
    """The keyword arguments of subprocess that make it run as another user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OsUser:
    """An OS user that root may run programs as."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]

    def identity(self) -> Identity:
        """Return what subprocess needs to run a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": list(self.groups)}

    def barrier(self, path: Path) -> Path | None:
        """Return the first folder on the way to `path` that the user cannot enter, else None.

        Folders that are not there yet are none.
        """
        folders = reversed((path, *path.parents))
        there = (folder for folder in folders if folder.is_dir())
        return next((folder for folder in there if not self._may_enter(folder)), None)

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid in self.groups:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def user_for(cluster: Path) -> OsUser | None:
    """Return the user to run PostgreSQL as, for root; None for anybody else, who runs it itself.

    A data folder that is there already keeps the user that it belongs to.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat().st_uid) != 0:
        return _user(pwd.getpwuid(owner))
    there = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in FOR_ROOT:
        if name in there:
            return _user(there[name])
    raise DatabaseError(
        "Cannot run PostgreSQL: it refuses to run as root, and neither of the OS users "
        f"{' and '.join(FOR_ROOT)} is there. Run rowpath as an ordinary user, or give the "
        "connection string of a running server with --database-url."
    )


def _user(entry: pwd.struct_passwd) -> OsUser:
    groups = os.getgrouplist(entry.pw_name, entry.pw_gid)
    return OsUser(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, groups=tuple(groups))
