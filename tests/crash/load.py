"""People who sign up as quickly as they can, by mail and by text message, and a ledger of what they were answered."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

PASSWORD = "Correct-horse-7"
THREADS = 3
FLOWS = ["ALLOW_USER_PASSWORD_AUTH"]


@dataclass(frozen=True)
class Answered:
    sub: str
    username: str
    destination: str


@dataclass
class Load:
    """``answered`` is what Poolhouse owes us; of ``tries`` that got no answer nobody knows."""

    url: str
    client_id: str
    answered: list[Answered] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    tries: int = 0
    _numbers: Any = field(default_factory=count)
    _is_over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        self._threads = [threading.Thread(target=self._run) for _ in range(THREADS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        cognito = public_client(self.url)
        while not self._is_over.is_set():
            self._sign_up(cognito, next(self._numbers))

    def _sign_up(self, cognito: Any, number: int) -> None:
        name, by_mail = f"sailor-{number}", number % 2 == 0
        attribute = ("email", f"{name}@example.com") if by_mail else ("phone_number", f"+49151{number:08}")
        self.tries += 1
        try:
            answer = cognito.sign_up(
                ClientId=self.client_id,
                Username=name,
                Password=PASSWORD,
                UserAttributes=[{"Name": attribute[0], "Value": attribute[1]}],
            )
        except ClientError as refusal:
            if refusal.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                self.refused.append(str(refusal))
        except BotoCoreError:
            # Nobody there. Not so quickly.
            self._is_over.wait(0.1)
        else:
            self.answered.append(Answered(answer["UserSub"], name, attribute[1]))


def public_client(url: str) -> Any:
    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)
    return boto3.client("cognito-idp", endpoint_url=url, region_name="us-east-1", config=config)


def make_pool(url: str, keys: tuple[str, str]) -> str:
    """The id of a client of a new pool that verifies addresses."""
    cognito = boto3.client(
        "cognito-idp",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=keys[0],
        aws_secret_access_key=keys[1],
    )
    pool = cognito.create_user_pool(PoolName="crash", AutoVerifiedAttributes=["email", "phone_number"])["UserPool"]
    client = cognito.create_user_pool_client(UserPoolId=pool["Id"], ClientName="app", ExplicitAuthFlows=FLOWS)
    client_id: str = client["UserPoolClient"]["ClientId"]
    return client_id
