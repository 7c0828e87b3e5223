import { ErrorSchema } from "../../../src/http/contract.js";
import { operationsOf } from "../../../src/http/operations/need.js";
import { isMediaType } from "../../../src/http/operations/operation.js";
import type { Answer } from "./api.js";

/** Holds an answer against what the document promises: a field too many or too few fails the test, so the document can't lie. */
export function checkAnswer(method: string, target: string, { status, headers, text }: Answer): void {
  const path = target.split("?")[0] ?? "";
  const type = headers["content-type"] ?? "";
  if (method === "HEAD") return;
  if (type.startsWith("application/problem+json")) {
    if (status < 400) throw new Error(`${method} ${path}: a problem with the status ${status}`);
    ErrorSchema.parse(JSON.parse(text));
    return;
  }
  if (!path.startsWith("/api/")) return;
  const [operation] = operationsOf(method, path).sort(
    (a, b) => a.path.split(":").length - b.path.split(":").length,
  );
  if (operation === undefined || status >= 400) return;
  if (operation.status !== status)
    throw new Error(`${method} ${path}: ${status} where ${operation.status} is promised`);
  const { answer } = operation;
  if (answer === null) {
    if (text !== "") throw new Error(`${method} ${path}: an answer where none is promised`);
  } else if (isMediaType(answer)) {
    const yamlAsJson = answer.media === "application/yaml" && type.startsWith("application/json");
    if (!type.startsWith(answer.media) && !yamlAsJson)
      throw new Error(`${method} ${path}: ${type} where ${answer.media} is promised`);
  } else {
    const read = answer.safeParse(JSON.parse(text));
    if (!read.success)
      throw new Error(`${method} ${path} answers otherwise than promised: ${read.error.message}`);
  }
}
