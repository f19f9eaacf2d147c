"""Side by side: Elbow, HAProxy, nginx and Envoy with the same work, measured in one run.

Start at `__main__` (what is run, in which order), then `scenarios` (what is measured) and `bars` (what must hold).
`peers` and `elbow` know how each proxy is set up; `load/` has the clients and the targets.
"""
