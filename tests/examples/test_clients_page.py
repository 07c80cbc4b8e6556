"""The program on `docs/clients.md` is true: it is run with boto3 against a real server, and prints what the page shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "clients.md").read_text("utf-8")


def test_the_program_prints_what_the_page_shows():
    """A log view and a stop button are what clients are particular about."""
    (program,) = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
    (printed,) = re.findall(r"^It printed:\n\n```text\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
    command = [sys.executable, "-c", "from batchproof.cli.serve import serve; serve()", "--port", "0", "--quickstart"]
    with subprocess.Popen(
        [*command, "--stop-on-eof"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        exports = {
            "AWS_ENDPOINT_URL_BATCH": url,
            "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": url,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        done = subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, **exports}, capture_output=True, text=True, timeout=60
        )
        server.communicate()  # the end of its input is the server's
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == printed
