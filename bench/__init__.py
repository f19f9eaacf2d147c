"""Side by side: Elbow, HAProxy, nginx and Envoy with the same work, measured in one run.

Start at `__main__` (what is run, in which order), then `scenarios/` (what is measured) and `bars` (what must hold).
`layout` says what a proxy is set up to do, `peers` and `elbow` how each does it; `load/` has the clients and the
targets.
"""
