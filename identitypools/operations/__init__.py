"""The operations of ``cognito-identity``, ``sts`` and IAM's roles: one function each, named after it.

An operation translates: it fetches through a door of ``domain.access``, makes one call into the domain, and returns one
shape. The words of AWS's API stand here and nowhere else; no rule does. Importing this package registers them all.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
