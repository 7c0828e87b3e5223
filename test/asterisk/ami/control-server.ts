import { createServer, type AddressInfo, type Socket } from "node:net";

/** One request as it came: header names in lower case. */
export type Request = ReadonlyMap<string, string>;

export interface Connection {
  readonly socket: Socket;
  readonly requests: Request[];
  /** Writes a message; a line each. */
  readonly say: (...lines: string[]) => void;
}

export type Script = (request: Request, connection: Connection) => void;

export interface AmiServer {
  readonly port: number;
  readonly connections: Connection[];
  /** All requests of all connections, but for logins and Events. */
  asked(): Request[];
  close(): Promise<void>;
}

export const id = (request: Request): string => request.get("actionid") ?? "";

/** A little AMI whose manners are the test's own. It logs in with the secret `right`, is fully booted, and leaves everything else to
 *  `script`, which is also asked first about logins where `hears` says so. */
export async function amiServer(
  script: Script,
  options: { hears?: (action: string) => boolean; greeting?: string } = {},
): Promise<AmiServer> {
  const connections: Connection[] = [];
  const server = createServer((socket) => {
    const connection: Connection = {
      socket,
      requests: [],
      say: (...lines) => {
        if (!socket.destroyed) socket.write([...lines, "", ""].join("\r\n"));
      },
    };
    connections.push(connection);
    socket.on("error", () => undefined);
    socket.write(options.greeting ?? "Asterisk Call Manager/5.0.4\r\n");
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString();
      const blocks = text.split("\r\n\r\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) answer(parse(block), connection);
    });
  });
  const answer = (request: Request, connection: Connection): void => {
    connection.requests.push(request);
    const action = request.get("action")?.toLowerCase() ?? "";
    if (options.hears?.(action) === true) script(request, connection);
    else if (action === "login") logIn(request, connection);
    else if (action === "events")
      connection.say("Response: Success", `ActionID: ${id(request)}`, "Events: Off");
    else script(request, connection);
  };
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    asked: () =>
      connections
        .flatMap(({ requests }) => requests)
        .filter((request) => !["login", "Events"].includes(request.get("action") ?? "")),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const { socket } of connections) socket.destroy();
      }),
  };
}

export function logIn(request: Request, connection: Connection): void {
  if (request.get("secret") !== "right") {
    connection.say("Response: Error", `ActionID: ${id(request)}`, "Message: Authentication failed");
    connection.socket.end();
    return;
  }
  connection.say("Response: Success", `ActionID: ${id(request)}`, "Message: Authentication accepted");
  connection.say("Event: FullyBooted", "Privilege: system,all", "Status: Fully Booted");
}

/** Answers as a list action does. */
export function sayList(request: Request, connection: Connection, event: string, items: string[][]): void {
  connection.say("Response: Success", `ActionID: ${id(request)}`, "EventList: start", "Message: follows");
  for (const lines of items) connection.say(`Event: ${event}`, ...lines, `ActionID: ${id(request)}`);
  connection.say(`Event: ${event}Complete`, `ActionID: ${id(request)}`, "EventList: Complete");
}

function parse(block: string): Request {
  return new Map(
    block.split("\r\n").map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
    }),
  );
}
