"""Where the demo pool's sign-in ends: what an application gets there, and what it does next. For developers, in English
alone; a code that is shown is still good for one exchange only."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import get_template
from django.views.decorators.http import require_GET

from hostedui import headers
from hostedui.oauth import parameters
from hostedui.oauth.parameters import Malformed, Parameters
from userpools import demo
from userpools.demo import Demo


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    found = demo.find()
    if found is None:
        raise Http404
    given = _given(request)
    page = get_template("hostedui/demo.html").render(_shown(found, given), request)
    response = HttpResponse(page)
    headers.dress(response, given, is_popup=False)
    response[headers.CONTENT_POLICY] = headers.policy()
    return response


def _given(request: HttpRequest) -> Parameters:
    try:
        return parameters.read(request.META.get("QUERY_STRING", ""))
    except Malformed as malformed:
        return malformed.known


def _shown(found: Demo, given: Parameters) -> dict[str, str]:
    return {
        "code": given.get("code", ""),
        "error": given.get("error", ""),
        "error_description": given.get("error_description", ""),
        "command": _command(found, given["code"]) if _is_plain(given.get("code", "")) else "",
        "sign_in_url": found.sign_in_url,
        "sign_out_url": found.sign_out_url,
    }


def _is_plain(code: str) -> bool:
    """What somebody else wrote into the address is not offered to anybody's shell."""
    return bool(code) and code.isascii() and code.replace("-", "").replace("_", "").isalnum()


def _command(found: Demo, code: str) -> str:
    return (
        f"curl -s {found.issuer}/oauth2/token -d grant_type=authorization_code"
        f" -d client_id={found.client_id} -d redirect_uri={demo.callback()} -d code={code}"
    )
