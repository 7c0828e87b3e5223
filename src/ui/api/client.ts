/** One answer of the API that is not what was asked for. `message` is the server's sentence for people. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
    this.name = "Problem";
  }
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

interface Wish {
  readonly query?: Query | undefined;
  readonly body?: unknown;
  /** Text or a file that goes as it is, in the place of a JSON body. */
  readonly raw?: { readonly data: BodyInit; readonly type: string } | undefined;
  /** What was edited: the change is refused where somebody else has changed it since. */
  readonly basedOn?: unknown;
  readonly signal?: AbortSignal | undefined;
}

let csrf: string | null = null;
let whenSignedOut: () => void = () => undefined;
/** The version of each thing that was read, for If-Match. */
const versions = new WeakMap<object, string>();

/** Given with the session, sent along with every change. */
export function setCsrfToken(token: string | null): void {
  csrf = token;
}

export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener;
}

/** Asks the API. Throws a Problem for every answer outside 2xx, and where the daemon can't be reached (`status` 0). */
export async function request<T>(method: string, path: string, wish: Wish = {}): Promise<T> {
  const response = await fetch(withQuery(path, wish.query), init(method, wish)).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(
      0,
      "unreachable",
      "The daemon does not answer. Is it running, and is this machine online?",
    );
  });
  if (!response.ok) throw await problemOf(response, path);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  const type = response.headers.get("content-type") ?? "";
  const data = (type.includes("json") && text !== "" ? JSON.parse(text) : text) as T;
  const version = response.headers.get("etag");
  if (version !== null && typeof data === "object" && data !== null) versions.set(data, version);
  return data;
}

export function withQuery(path: string, query: Query | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === "" ? path : `${path}?${text}`;
}

function init(method: string, { body, raw, basedOn, signal }: Wish): RequestInit {
  const headers: Record<string, string> = { accept: "application/json" };
  if (method !== "GET" && csrf !== null) headers["ringfence-csrf"] = csrf;
  const version = versionOf(basedOn);
  if (version !== undefined) headers["if-match"] = version;
  if (raw !== undefined) headers["content-type"] = raw.type;
  else if (body !== undefined) headers["content-type"] = "application/json";
  return {
    method,
    headers,
    credentials: "same-origin",
    ...(signal === undefined ? {} : { signal }),
    ...(raw === undefined ? (body === undefined ? {} : { body: JSON.stringify(body) }) : { body: raw.data }),
  };
}

/** What was read of the rules tells their version itself. */
function versionOf(read: unknown): string | undefined {
  if (typeof read !== "object" || read === null) return undefined;
  if ("policyVersion" in read && typeof read.policyVersion === "number") return `"${read.policyVersion}"`;
  return versions.get(read);
}

async function problemOf(response: Response, path: string): Promise<Problem> {
  const told = fieldsOf(await response.text());
  const code = told.code ?? `http-${response.status}`;
  const message =
    told.detail ?? `The daemon answered ${response.status} ${response.statusText}.`.replace(" .", ".");
  const wait = Number(response.headers.get("retry-after") ?? Number.NaN);
  if (response.status === 401 && code === "sign-in" && !path.endsWith("/session")) whenSignedOut();
  return new Problem(response.status, code, message, Number.isFinite(wait) ? wait : null);
}

/** `application/problem+json`; what a proxy in between answers is no JSON. */
function fieldsOf(text: string): { readonly code?: string; readonly detail?: string } {
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    const inner = (typeof body.error === "object" && body.error !== null ? body.error : body) as Record<
      string,
      unknown
    >;
    const detail = inner.detail ?? inner.message ?? inner.title;
    return {
      ...(typeof inner.code === "string" ? { code: inner.code } : {}),
      ...(typeof detail === "string" ? { detail } : {}),
    };
  } catch {
    return {};
  }
}
