"""The operators' pages about user pools: a module for each noun, registered with the console when it is imported.

Every page starts from the pool that the console is in, and every deed is a call into the domain, made as
``operator/<name>``. What a page says is decided here, in plain words; what is allowed is decided in the domain.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
