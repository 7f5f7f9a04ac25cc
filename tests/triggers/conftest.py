"""A stage whose pool has functions: real handlers, each in a folder of its own, run by real processes."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from cognito_site.functions import arns, invocation, registered
from cognito_site.functions.local.warm import warm
from tests.cast import ALL_FLOWS, Stage, set_stage
from userpools.domain.triggers.calls import TRIGGERS

KEY_ARN = "arn:aws:kms:us-east-1:000000000000:key/harbour"
# UpdateUserPool resets what it is not told.
KEPT = (
    "AutoVerifiedAttributes",
    "MfaConfiguration",
    "SmsConfiguration",
    "EmailConfiguration",
    "AccountRecoverySetting",
)
# A file whose name begins with a dot is no source: a function that writes it is not started anew.
HANDLER = """
import json
from pathlib import Path

def lambda_handler(event, context):
    with Path(__file__).with_name(".events").open("a") as log:
        log.write(json.dumps(event) + "\\n")
    request, response = event["request"], event["response"]
{body}
    return event
"""


@dataclass
class Functions:
    """``stage.pool_id``'s functions. Every call is written down by the function itself."""

    stage: Stage
    directory: Path

    def install(self, name: str, body: str = "pass") -> str:
        """Gives the ARN that it answers to."""
        folder = self.directory / "functions" / name
        folder.mkdir(parents=True, exist_ok=True)
        code = HANDLER.format(body=textwrap.indent(textwrap.dedent(body).strip(), "    "))
        (folder / "lambda_function.py").write_text(code)
        return arns.of_name(name)

    def configure(self, **config: Any) -> None:
        """``LambdaConfig`` of the pool, in place of what it was."""
        settings = {name: self.stage.settings[name] for name in KEPT if name in self.stage.settings}
        self.stage.cognito.update_user_pool(UserPoolId=self.stage.pool_id, LambdaConfig=config, **settings)

    def fill(self) -> None:
        """One function, ``all``, in every slot."""
        arn = self.install("all")
        versioned = {"LambdaVersion": "V1_0", "LambdaArn": arn}
        plain = [name for name, each in TRIGGERS.items() if each.setting and name != "PreTokenGeneration"]
        self.configure(
            **dict.fromkeys(plain, arn),
            PreTokenGenerationConfig={"LambdaVersion": "V3_0", "LambdaArn": arn},
            CustomEmailSender=versioned,
            CustomSMSSender=versioned,
            InboundFederation=versioned,
            KMSKeyID=KEY_ARN,
        )

    def events(self, name: str) -> list[dict[str, Any]]:
        """Oldest first."""
        path = self.directory / "functions" / name / ".events"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def event(self, name: str) -> dict[str, Any]:
        """The only one."""
        (found,) = self.events(name)
        return found

    def sources(self, *names: str) -> list[str]:
        return [event["triggerSource"] for name in names for event in self.events(name)]


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.POOLHOUSE = replace(settings.POOLHOUSE, data_dir=tmp_path)
    invocation.forget()
    registered.forget()
    yield tmp_path
    warm.end_all()
    invocation.forget()


@pytest.fixture
def stage(cognito: Any, public: Any) -> Stage:
    found = set_stage(cognito, public, AutoVerifiedAttributes=["email"])
    flows = [*ALL_FLOWS, "ALLOW_CUSTOM_AUTH"]
    found.client_id = found.client(ExplicitAuthFlows=flows, PreventUserExistenceErrors="ENABLED")["ClientId"]
    return found


@pytest.fixture
def functions(stage: Stage, data_dir: Path) -> Functions:
    return Functions(stage, data_dir)
