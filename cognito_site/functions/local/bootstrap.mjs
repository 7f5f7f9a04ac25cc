// Runs a Lambda handler written for Node: asks the Runtime API for events, calls the handler, posts what it gives back.
// Imports nothing of ours. Does what AWS's aws-lambda-ric does, which has to be compiled.

import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";

const ERROR_TYPE = "Lambda-Runtime-Function-Error-Type";
const RUNTIME = "/2018-06-01/runtime";
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1, noDelay: true });

class Fault extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

function ask(method, where, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const content = body === undefined ? undefined : Buffer.from(body);
    const length = content ? { "Content-Length": content.length } : {};
    const given = { host, port, agent, method, path: `${RUNTIME}/${where}`, headers: { ...length, ...headers } };
    const request = http.request(given, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    request.on("error", reject);
    request.end(content);
  });
}

function told(failure) {
  if (!(failure instanceof Error)) return { errorType: typeof failure, errorMessage: String(failure), trace: [] };
  return { errorType: failure.name, errorMessage: failure.message, trace: (failure.stack ?? "").split("\n") };
}

function postError(where, failure) {
  const body = told(failure);
  console.error(`ERROR ${body.trace.join("\n") || body.errorMessage}`);
  return ask("POST", where, JSON.stringify(body), { [ERROR_TYPE]: encodeURIComponent(body.errorType) });
}

// --- the handler ----------------------------------------------------------------------------------------------------

async function loaded(root, name) {
  const [, module, exported] = /^(.+?)\.([^/]+)$/.exec(name) ?? [];
  if (!module) throw new Fault("Runtime.MalformedHandlerName", "Bad handler");
  const places = ["", ".js", ".mjs", ".cjs"].map((ending) => path.resolve(root, module + ending));
  const file = places.find((place) => fs.statSync(place, { throwIfNoEntry: false })?.isFile());
  if (!file) throw new Fault("Runtime.ImportModuleError", `Error: Cannot find module '${module}'`);
  const found = await imported(file);
  const handler = within(found, exported) ?? within(found.default, exported);
  if (handler === undefined) throw new Fault("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  if (typeof handler !== "function") throw new Fault("Runtime.HandlerNotFound", `${name} is not a function`);
  return handler;
}

function within(module, exported) {
  return exported.split(".").reduce((found, step) => found?.[step], module);
}

async function imported(file) {
  try {
    return await import(pathToFileURL(file));
  } catch (failure) {
    if (failure instanceof SyntaxError) throw new Fault("Runtime.UserCodeSyntaxError", String(failure));
    if (/MODULE_NOT_FOUND/.test(failure?.code)) throw new Fault("Runtime.ImportModuleError", String(failure));
    throw failure;
  }
}

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

// Resolves with what a handler returns or promises, or gives to its callback. A callback waits until nothing else is
// left to do, unless the handler says otherwise; a handler that never calls it answers null then.
function called(handler, event, context) {
  return new Promise((resolve, reject) => {
    const callback = (failure, result) => {
      const settle = () => (failure === null || failure === undefined ? resolve(result) : reject(failure));
      if (context.callbackWaitsForEmptyEventLoop) whenIdle = settle;
      else settle();
    };
    context.done = callback;
    context.succeed = (result) => callback(null, result);
    context.fail = (failure) => callback(failure ?? new Error("handled"));
    whenIdle = () => resolve(null);
    const returned = handler(event, context, callback);
    if (typeof returned?.then === "function") {
      whenIdle = () => reject(new Fault("Runtime.NodeJsExit", "The handler's promise was never settled"));
      returned.then(resolve, reject);
    }
  });
}

// --- the loop -------------------------------------------------------------------------------------------------------

let whenIdle;
let requestId;

function end(status, failure) {
  const where = requestId === undefined ? "init/error" : `invocation/${requestId}/error`;
  postError(where, failure).finally(() => process.exit(status));
}

process.on("beforeExit", () => {
  const settle = whenIdle;
  whenIdle = undefined;
  settle?.();
});
process.on("uncaughtException", (failure) => end(129, failure));
process.on("unhandledRejection", (reason) => end(128, new Fault("Runtime.UnhandledPromiseRejection", String(reason))));

async function answerNext(handler) {
  const { headers, body } = await ask("GET", "invocation/next");
  const context = contextOf(headers);
  requestId = context.awsRequestId;
  try {
    const result = marshalled(await called(handler, JSON.parse(body), context));
    await ask("POST", `invocation/${requestId}/response`, result, { "Content-Type": "application/json" });
  } catch (failure) {
    await postError(`invocation/${requestId}/error`, failure);
  }
  whenIdle = undefined;
}

function marshalled(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? "null";
  } catch (failure) {
    throw new Fault("Runtime.MarshalError", `Unable to marshal response: ${failure.message}`);
  }
}

loaded(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER).then(async (handler) => {
  for (;;) await answerNext(handler);
}, (failure) => end(1, failure));
