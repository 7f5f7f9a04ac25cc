"""What a browser without scripts does on the hosted pages, for tests that are about something else."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import requests


def sign_in(address: str, username: str, password: str) -> str:
    """From the application's link to where the application would be called: the whole address."""
    browser = requests.Session()
    page = browser.get(address)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token, page.text
    form = {"csrfmiddlewaretoken": token[1], "username": username, "password": password}
    answer = browser.post(page.url, form, headers={"Referer": page.url}, allow_redirects=False)
    while not re.search(r"[?&#](code|access_token|error)=", answer.headers["Location"]):
        answer = browser.get(urljoin(answer.url, answer.headers["Location"]), allow_redirects=False)
    return answer.headers["Location"]
