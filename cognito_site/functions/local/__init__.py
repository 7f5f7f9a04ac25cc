"""Runs handlers that lie in folders of this machine, unmodified, in processes of their own that stay warm.

``warm`` keeps the processes and chooses one for each call, ``instance`` is one of them, ``runtime_api`` is how it is
spoken to (AWS's Lambda Runtime API), ``launcher`` stands above it and ends it, ``bootstrap.py`` and ``bootstrap.mjs``
run inside of it. A function gets nothing of ours: no environment, no file descriptor, no module path. It runs
as the user that the server runs as, so what lies in these folders is trusted as much as the server's own code.
"""
