"""A PostgreSQL and a Redis of the tests' own: temporary directories, free ports, gone afterwards.

Never the machine's services, which may hold somebody's data. PostgreSQL refuses root, so root starts it as
``postgres``.
"""
