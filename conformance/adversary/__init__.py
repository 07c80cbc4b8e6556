"""A proxy before any Batch endpoint that does only what is legal, so that nobody behind it may be blamed.

What it does is said by modes: deterministic, without clock, sockets or threads (`network`, `refusals`, `wording`,
`reasons`, `clock`, `pages`, `reads`). `composition` puts them in order; `proxy` is the shell around them, which speaks HTTP.
"""
