"""The compiled parts of rowpath.fast. Everything else about the package is in pyproject.

Where it cannot be compiled the installation succeeds without it.
"""

import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

FAST = Path("src/rowpath/fast")
ENCODING = FAST / "encoding"


class OptionalBuild(build_ext):
    """A build that leaves out what cannot be built: no Cython, no compiler, too old a one."""

    def build_extension(self, ext: Extension) -> None:
        """Build `ext`, or say why not."""
        try:
            super().build_extension(ext)
        except Exception as error:  # noqa: BLE001 - Cython's and the compiler's have no base
            print(f"warning: {ext.name} is left out: {error}", file=sys.stderr)  # noqa: T201


def of_headers(name: str) -> Extension:
    """Return the extension of the encoder with this name, which is made of native/*.hpp."""
    return Extension(
        f"rowpath.fast.encoding.{name}",
        [str(ENCODING / f"{name}.pyx")],
        include_dirs=[str(ENCODING / "native")],
        depends=[str(header) for header in sorted(ENCODING.glob("native/*.hpp"))],
        extra_compile_args=["-std=c++17", "-O3"],
        language="c++",
        optional=True,
    )


def alone(name: str) -> Extension:
    """Return the extension with this name, which is made of nothing else."""
    source = str(FAST / f"{name}.pyx")
    return Extension(f"rowpath.fast.{name}", [source], language="c++", optional=True)


setup(
    ext_modules=[
        of_headers("_native"),
        of_headers("_objects"),
        alone("_making"),
        alone("_tags"),
    ],
    cmdclass={"build_ext": OptionalBuild},
)
