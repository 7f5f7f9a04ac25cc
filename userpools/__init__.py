"""User pools: directories of people, how they sign in, and the tokens they get.

Owns their tables, their rules and their operations. Knows no identity pool and no page.
"""
