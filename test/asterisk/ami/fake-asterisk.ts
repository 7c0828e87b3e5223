import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** One connection as a test's AMI server sees it. */
export interface Peer {
  readonly socket: Socket;
  /** Actions so far, fields by name; a name that came twice holds what came last. */
  readonly actions: Readonly<Record<string, string>>[];
  /** All bytes that came, as text. */
  readonly raw: () => string;
  write(text: string): void;
}

export interface FakeAsterisk {
  readonly port: number;
  readonly peers: Peer[];
  close(): Promise<void>;
}

export type OnAction = (action: Readonly<Record<string, string>>, peer: Peer) => void;

/** An AMI server of our own on loopback, that answers as the test says. */
export async function fakeAsterisk(onAction: OnAction, port = 0): Promise<FakeAsterisk> {
  const peers: Peer[] = [];
  const server: Server = createServer((socket) => {
    let buffered = "";
    let all = "";
    const peer: Peer = {
      socket,
      actions: [],
      raw: () => all,
      write: (text) => {
        if (socket.writable) socket.write(text);
      },
    };
    peers.push(peer);
    socket.on("error", () => socket.destroy());
    socket.write("Asterisk Call Manager/11.0.0\r\n");
    socket.on("data", (chunk) => {
      all += chunk.toString();
      buffered += chunk.toString();
      for (let end = buffered.indexOf("\r\n\r\n"); end >= 0; end = buffered.indexOf("\r\n\r\n")) {
        const action = Object.fromEntries(
          buffered
            .slice(0, end)
            .split("\r\n")
            .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
        );
        buffered = buffered.slice(end + 4);
        peer.actions.push(action);
        onAction(action, peer);
      }
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    peers,
    close: async () => {
      for (const { socket } of peers) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

export function answer(action: Readonly<Record<string, string>>, ...lines: string[]): string {
  return ["Response: Success", `ActionID: ${action["ActionID"] ?? ""}`, ...lines, "", ""].join("\r\n");
}

export function refusal(action: Readonly<Record<string, string>>, message: string): string {
  return ["Response: Error", `ActionID: ${action["ActionID"] ?? ""}`, `Message: ${message}`, "", ""].join(
    "\r\n",
  );
}

/** Resolves once `condition` holds; rejects after a generous deadline. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
