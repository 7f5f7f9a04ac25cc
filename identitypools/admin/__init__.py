"""The operators' pages about identity pools, roles and access keys: a module for each noun, registered with the console
when it is imported.

What is allowed, and which documents are policies, is decided in the domain; what a page says is decided here. Secrets
of keys are shown once, when they are made.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
