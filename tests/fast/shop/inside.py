"""Run as a program: calls functions of the shop by name in one Django process, as stdin asks.

A line is `{"call": "module:function", "arguments": {...}}`; the answer is a line with the value, or
with the traceback.
"""

import json
import sys
import traceback
from importlib import import_module

import django


def main() -> None:
    django.setup()
    for line in sys.stdin:
        asked = json.loads(line)
        module, name = asked["call"].split(":")
        try:
            function = getattr(import_module(f"fast.shop.{module}"), name)
            told = {"value": function(**asked["arguments"])}
        except Exception:  # noqa: BLE001 - it is the answer
            told = {"error": traceback.format_exc()}
        print(json.dumps(told), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
