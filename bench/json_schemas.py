"""Writes docs/schema/ anew: the JSON schemas of what rowpath writes, from the code that writes it.

python bench/json_schemas.py
"""

from pathlib import Path

from rowpath.lab.schemas import schemas, text

FOLDER = Path(__file__).parents[1] / "docs/schema"


def main() -> None:
    """Write each schema to its file."""
    FOLDER.mkdir(exist_ok=True)
    for name, schema in schemas().items():
        path = FOLDER / name
        path.write_text(text(schema), encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
