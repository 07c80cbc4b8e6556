"""`batchproof adversary`: a proxy before a Batch endpoint that does only what is legal."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path
from typing import Any

import click

from .completing import values
from .nothing_done import NothingDone

EXAMPLE = """
\b
Example, in two terminals:
  $ batchproof serve --quickstart
  $ batchproof adversary http://127.0.0.1:4590 --mode throttled=0.1 --mode lagging-reads=2
  $ export AWS_ENDPOINT_URL_BATCH=http://127.0.0.1:4591     # as it prints; then run your client
"""


def _listed(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from ..conformance.adversary.about import listing

        click.echo(listing())
        context.exit()


@click.command(epilog=EXAMPLE)
@click.argument("url")
@click.option(
    "--mode",
    "modes",
    multiple=True,
    metavar="NAME[=VALUE]",
    shell_complete=values.modes,
    help="What is done; may be given more than once.",
)
@click.option(
    "--modes",
    "listed",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_listed,
    help="List all modes, and exit.",
)
@click.option("--seed", default=0, show_default=True, help="Another seed makes other choices.")
@click.option("--port", default=4591, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free one.")
@click.option(
    "--ca-bundle",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates by which an https:// service is known.  [default: AWS_CA_BUNDLE, else as boto3]",
)
@click.option("--sign", is_flag=True, help="Sign every request anew, with the credentials that boto3 finds here.")
@click.option("--profile", metavar="NAME", help="The profile of ~/.aws whose credentials sign.  [default: as boto3]")
@click.option("--ready-fd", type=int, hidden=True, help="Write the URL to this descriptor once it listens.")
def adversary(
    url: str,
    modes: tuple[str, ...],
    seed: int,
    port: int,
    ca_bundle: Path | None,
    sign: bool,
    profile: str | None,
    ready_fd: int | None,
) -> None:
    """Stand before the Batch endpoint URL, and be as unpleasant to its clients as is legal.

    It throttles, fails, cuts connections and shows what was true a while ago, as far as AWS's documents and HTTP allow:
    a client, or a conformance kit, that does not survive it is at fault, and not the service behind it. Without --mode
    everything passes as it is. It listens on loopback only, and Ctrl-C ends it.
    """
    from ..conformance.adversary.composition import Adversary, mode_of
    from ..conformance.adversary.proxy import Proxy
    from ..conformance.adversary.signing import NoCredentials, Signer
    from ..conformance.adversary.upstream import BadUrl, Upstream, bundle_of

    try:
        chosen = Adversary([mode_of(text) for text in modes], seed)
    except ValueError as failure:
        raise NothingDone(f"--mode: {failure}") from None
    if profile is not None and not sign:
        raise NothingDone("--profile is given without --sign: nothing is signed")
    for mode in chosen.modes:
        if mode.changes_requests and not sign:
            raise NothingDone(f"--mode {mode.name} changes what is asked, and a signature covers that: give --sign too")
    bundle = bundle_of(ca_bundle, os.environ)
    try:
        upstream = Upstream(url, bundle)
        signer = Signer(upstream, profile) if sign else None
    except BadUrl as failure:
        raise NothingDone(str(failure)) from None
    except NoCredentials as failure:
        raise NothingDone(f"--sign: {failure}") from None
    except OSError as failure:
        raise NothingDone(f"the certificates in {bundle} cannot be read: {failure}") from None
    try:
        opened = socket.create_server(("127.0.0.1", port))
    except OSError as failure:
        raise NothingDone(f"cannot listen on 127.0.0.1, port {port}: {failure.strerror}") from None
    with opened:
        asyncio.run(_run(chosen, Proxy(chosen, upstream, signer, _complain), opened, url, ready_fd))


async def _run(chosen: Any, proxy: Any, opened: socket.socket, upstream: str, ready_fd: int | None) -> None:
    from ..conformance.adversary.about import deeds, takes_away

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    here = f"http://127.0.0.1:{opened.getsockname()[1]}"
    async with proxy.listening(opened):
        click.echo(f"batchproof adversary before {upstream}, seed {chosen.seed}, at {here}")
        click.echo(f"export AWS_ENDPOINT_URL_BATCH={here}")
        click.echo(takes_away(chosen))
        if ready_fd is not None:
            with os.fdopen(ready_fd, "w") as ready:
                ready.write(f"{here}\n")
        await stop.wait()
    click.echo(deeds(chosen))
    if proxy.untouched:
        click.echo(f"{proxy.untouched.total()} requests that are none of Batch, untouched")
    if proxy.read_ahead:
        click.echo(f"{proxy.read_ahead} reads ahead, of what clients had read")


def _complain(text: str) -> None:
    click.echo(text, err=True)
