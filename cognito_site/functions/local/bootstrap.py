"""Runs a Lambda handler written in Python: asks the Runtime API for events, calls the handler, posts what it returns.

Imports nothing of ours: it runs in the function's process, with the function's environment. Does what AWS's
``awslambdaric`` does, which has a C++ extension and therefore no wheel on every machine.
"""

from __future__ import annotations

import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback
from typing import Any

ERROR_TYPE = "Lambda-Runtime-Function-Error-Type"
RUNTIME = "/2018-06-01/runtime"


class Fault(Exception):
    """What is wrong with the function itself. ``kind`` is AWS's name for it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Context:
    """The second argument of a handler."""

    def __init__(self, headers: Any) -> None:
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        self.client_context = None
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, text: object) -> None:
        sys.stdout.write(str(text))


class LogLines(logging.Formatter):
    """As in AWS Lambda, where a logger of the handler needs no configuration to be seen."""

    converter = time.gmtime  # type: ignore[assignment]
    request_id = ""

    def format(self, record: logging.LogRecord) -> str:
        moment = self.formatTime(record, "%Y-%m-%dT%H:%M:%S")
        return f"[{record.levelname}]\t{moment}.{int(record.msecs):03d}Z\t{self.request_id}\t{super().format(record)}"


def handler_of(name: str) -> Any:
    module, dot, function = name.rpartition(".")
    if not dot:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack")
    try:
        found = importlib.import_module(module.replace("/", "."))
    except ImportError as failure:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module}': {failure}") from failure
    except SyntaxError as failure:
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {failure}") from failure
    if not hasattr(found, function):
        raise Fault("Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{module}'")
    return getattr(found, function)


def marshalled(result: Any) -> bytes:
    try:
        return json.dumps(result, ensure_ascii=False).encode()
    except (TypeError, ValueError) as failure:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {failure}") from None


def post(api: http.client.HTTPConnection, path: str, body: bytes, headers: dict[str, str]) -> None:
    api.request("POST", f"{RUNTIME}/{path}", body, headers)
    api.getresponse().read()


def flush() -> None:
    """Whoever reads the answer reads the log next."""
    sys.stdout.flush()
    sys.stderr.flush()


def post_error(api: http.client.HTTPConnection, path: str, failure: BaseException, request_id: str = "") -> None:
    kind = getattr(failure, "kind", type(failure).__name__)
    frames = traceback.format_list(traceback.extract_tb(failure.__traceback__)[1:])
    told = {"errorMessage": str(failure), "errorType": kind, "requestId": request_id, "stackTrace": frames}
    sys.stderr.write(f"[ERROR] {kind}: {failure}\nTraceback (most recent call last):\n{''.join(frames)}")
    flush()
    post(api, path, json.dumps(told).encode(), {ERROR_TYPE: kind})


def answer_next(api: http.client.HTTPConnection, handler: Any, lines: LogLines) -> None:
    api.request("GET", f"{RUNTIME}/invocation/next")
    given = api.getresponse()
    event, context = json.loads(given.read()), Context(given.headers)
    lines.request_id = context.aws_request_id
    try:
        body = marshalled(handler(event, context))
    except Exception as failure:
        post_error(api, f"invocation/{context.aws_request_id}/error", failure, context.aws_request_id)
    else:
        flush()
        post(api, f"invocation/{context.aws_request_id}/response", body, {"Content-Type": "application/json"})


def configured_logging() -> LogLines:
    lines, to_log = LogLines(), logging.StreamHandler(sys.stdout)
    to_log.setFormatter(lines)
    logging.getLogger().addHandler(to_log)
    return lines


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    lines = configured_logging()
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    try:
        handler = handler_of(os.environ["_HANDLER"])
    except Exception as failure:
        post_error(api, "init/error", failure)
        sys.exit(1)
    while True:
        answer_next(api, handler, lines)


if __name__ == "__main__":
    main()
