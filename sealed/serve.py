"""Runs `batchproof serve` with the fault of one file in this folder: `python sealed/serve.py NN [options of serve]`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def main() -> None:
    number, *options = sys.argv[1:]
    (file,) = Path(__file__).parent.glob(f"{int(number):02}_*.py")
    spec = importlib.util.spec_from_file_location(f"sealed_{file.stem}", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.break_it()
    sys.argv = ["batchproof", "serve", *options]
    from batchproof.cli.main import main as batchproof

    batchproof()


if __name__ == "__main__":
    main()
