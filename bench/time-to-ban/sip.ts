import { createSocket, type Socket } from "node:dgram";

export const PBX = { address: "192.0.2.1", port: 5060 } as const;
/** Where echo.ts listens on the PBX; nothing but a ban of the whole host drops what goes there. */
export const ECHO_PORT = 7007;

/** Unix milliseconds with their fractions, on the clock that packets are stamped with. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** A REGISTER without credentials; Asterisk answers 401 and raises two security events. */
export function register(from: string, port: number, user: string, callId: string): Buffer {
  return Buffer.from(
    [
      `REGISTER sip:${PBX.address} SIP/2.0`,
      `Via: SIP/2.0/UDP ${from}:${port};rport;branch=z9hG4bK${callId}`,
      "Max-Forwards: 70",
      `From: <sip:${user}@${PBX.address}>;tag=${callId}`,
      `To: <sip:${user}@${PBX.address}>`,
      `Call-ID: ${callId}`,
      "CSeq: 1 REGISTER",
      `Contact: <sip:${user}@${from}:${port}>`,
      "Expires: 60",
      "Content-Length: 0",
      "\r\n",
    ].join("\r\n"),
  );
}

/** A UDP socket on `address`, connected to a port of the PBX. */
export async function open(address: string, toPort: number): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((done, fail) => {
    socket.once("error", fail);
    socket.bind({ address, port: 0 }, done);
  });
  await new Promise<void>((done) => {
    socket.connect(toPort, PBX.address, done);
  });
  // What comes back from a host that is gone is no reason to stop.
  socket.on("error", () => undefined);
  return socket;
}

export function portOf(socket: Socket): number {
  return socket.address().port;
}
