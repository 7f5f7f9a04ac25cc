"""Unmodified Lambda handlers for Node."""

from __future__ import annotations

import shutil

import pytest

from cognito_site.functions.outcomes import FunctionFailed, NotAnswered
from tests.functions.conftest import Write, invoke

pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(not shutil.which("node"), reason="needs Node"),
]

HANDLERS = {
    "async, ES module": ("index.mjs", "export const handler = async (event) => ({ ...event, response: 1 });"),
    "async, CommonJS": ("index.js", "exports.handler = async (event) => ({ ...event, response: 1 });"),
    "callback, CommonJS": (
        "index.cjs",
        "module.exports = { handler(e, c, done) { done(null, { ...e, response: 1 }) } };",
    ),
    "callback, later": (
        "index.js",
        "exports.handler = (e, c, done) => { setTimeout(() => done(null, { ...e, response: 1 }), 20) };",
    ),
    "callback that does not wait": (
        "index.js",
        """exports.handler = (e, context, done) => {
            context.callbackWaitsForEmptyEventLoop = false;
            setInterval(() => {}, 1000);
            done(null, { ...e, response: 1 });
        };""",
    ),
    "context.done": (
        "index.js",
        "exports.handler = (event, context) => context.done(null, { ...event, response: 1 });",
    ),
    "context.succeed": (
        "index.js",
        "exports.handler = (event, context) => context.succeed({ ...event, response: 1 });",
    ),
    "computed exports": (
        "index.js",
        "const name = 'handler'; module.exports[name] = async (event) => ({ ...event, response: 1 });",
    ),
}


@pytest.mark.parametrize("style", HANDLERS)
def test_every_style_of_handler(write: Write, style: str) -> None:
    file, code = HANDLERS[style]
    arn = write(code, file)
    for number in range(2):
        assert invoke(arn, n=number, name="Ünïcødé ☂").value == {"n": number, "name": "Ünïcødé ☂", "response": 1}


def test_a_process_stays_warm(write: Write) -> None:
    arn = write("let calls = 0; export const handler = async () => [process.pid, ++calls];", "index.mjs")
    (first, one), (second, two) = invoke(arn).value, invoke(arn).value
    assert (first, one, two) == (second, 1, 2)


def test_the_context(write: Write) -> None:
    arn = write(
        "export const handler = async (e, context) => ({ ...context, left: context.getRemainingTimeInMillis() });",
        "index.mjs",
    )
    found = invoke(arn).value
    assert found["functionName"] == "greet"
    assert found["invokedFunctionArn"] == arn
    assert found["memoryLimitInMB"] == "256"
    assert 2000 < found["left"] <= 5000
    assert found["awsRequestId"] != invoke(arn).value["awsRequestId"]


def test_a_callback_waits_until_nothing_is_left_to_do(write: Write) -> None:
    arn = write(
        """exports.handler = (event, context, done) => {
            setTimeout(() => console.log("afterwards"), 50);
            done(null, event);
        };""",
        "index.js",
    )
    assert "afterwards" in invoke(arn).log


def test_a_callback_that_is_never_called_answers_null(write: Write) -> None:
    assert invoke(write("exports.handler = () => {};", "index.js")).value is None


def test_undefined_is_null(write: Write) -> None:
    assert invoke(write("export const handler = async () => undefined;", "index.mjs")).value is None


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (
            "export const handler = async () => { throw new TypeError('No ships today.') };",
            "No ships today.",
            "TypeError",
        ),
        ("export const handler = () => { throw new Error('at once') };", "at once", "Error"),
        ("export const handler = (e, c, done) => { done('a text') };", "a text", "string"),
        (
            "export const handler = (e, c, done) => { done(new RangeError('called back')) };",
            "called back",
            "RangeError",
        ),
        ("export const handler = async () => ({ n: 1n });", "Unable to marshal response", "Runtime.MarshalError"),
        ("export const handler = () => new Promise(() => {});", "The handler's promise", "Runtime.NodeJsExit"),
        ("export const other = 1;", "index.handler is undefined or not exported", "Runtime.HandlerNotFound"),
        ("export const handler = 1;", "index.handler is not a function", "Runtime.HandlerNotFound"),
        ("import './nowhere.mjs';", "Error [ERR_MODULE_NOT_FOUND]: Cannot find module", "Runtime.ImportModuleError"),
        ("export const handler = async ( => 1;", "SyntaxError: ", "Runtime.UserCodeSyntaxError"),
        ("throw new Error('while loading');", "while loading", "Error"),
    ],
)
def test_a_function_that_fails(write: Write, code: str, message: str, kind: str) -> None:
    with pytest.raises(FunctionFailed) as failed:
        invoke(write(code, "index.mjs"))
    assert failed.value.error_message.startswith(message)
    assert failed.value.error_type == kind


@pytest.mark.parametrize(
    ("deed", "message", "kind"),
    [
        ("Promise.reject(new Error('lost'));", "Error: lost", "Runtime.UnhandledPromiseRejection"),
        ("setTimeout(() => { throw new Error('thrown later') }, 5);", "thrown later", "Error"),
        ("process.exit(3);", "Runtime exited with error: exit status 3", "Runtime.ExitError"),
    ],
)
def test_what_ends_the_process(write: Write, deed: str, message: str, kind: str) -> None:
    arn = write(
        f"""export const handler = async (event) => {{
            if (event.die) {{ {deed} await new Promise((done) => setTimeout(done, 2000)); }}
            return process.pid;
        }};""",
        "index.mjs",
    )
    before = invoke(arn).value
    with pytest.raises(FunctionFailed) as failed:
        invoke(arn, die=True)
    assert failed.value.error_message.endswith(message)
    assert failed.value.error_type == kind
    assert invoke(arn).value != before


def test_without_node(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(NotAnswered, match=r"^InvalidRuntimeException: Node\.js is not installed$"):
        invoke(write("export const handler = async () => 1;", "index.mjs"))
