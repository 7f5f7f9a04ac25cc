"""What a request costs: the production server under load, beside what this machine can do at all.

``make bench`` prints a table for SQLite and one for PostgreSQL; each figure also as a share of the limit that its
cryptography sets. Server and client share the first two cores. Needs ``wrk``; ``README.md`` keeps the results.
"""
