"""A virtual environment for one program of bench/: what this one has, and some packages more."""

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterable
from pathlib import Path


def make_venv(folder: Path, requirements: Iterable[str]) -> Path:
    """Make a venv in `folder` and return its interpreter.

    It sees all packages of the venv that runs this, in their versions, so `requirements` are all
    that is installed; one that asks for another version of a package gets it, in `folder` only.
    """
    venv.create(folder, symlinks=os.name != "nt")
    python = folder / "bin" / "python"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / "lib" / version / "site-packages"
    # Not the path alone: the .pth files in it count too, by which rowpath may be installed.
    outer = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (packages / "outer.pth").write_text(outer)
    if not (wanted := list(requirements)):
        return python
    pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check"]
    install = [*pip, "--python", str(python), "install", *wanted]
    subprocess.run(install, check=True)
    return python
