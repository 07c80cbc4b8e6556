"""The processes that run jobs and outlive a crashed server: the launcher, and the anchor, which is its parent.

Who they are and what they write down: docs/durability.md. The server talks to them over a socket (`wireline.py`).
"""
