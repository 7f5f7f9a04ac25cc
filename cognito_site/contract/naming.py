"""The contract's names, in Python's spelling and back: ``AllowedOAuthFlows`` is ``allowed_o_auth_flows`` to the domain.

Whole documents are converted along their shape: members change, the keys of maps (which are data) do not. The spelling
is botocore's own, so that it can be looked up in any AWS SDK for Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from botocore import xform_name

from cognito_site.contract.services import Shape


def plain(shape: Shape, document: Any) -> Any:
    """From the wire's spelling. What the shape does not know is left out."""
    return _converted(shape, document, _to_plain)


def document(shape: Shape, plain: Any) -> Any:
    """Into the wire's spelling. What the shape does not know, and what is None, is left out."""
    return _converted(shape, plain, _to_document)
