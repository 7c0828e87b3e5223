/** What Ringfence uses of asterisk-manager 0.2.0, which has no types. test/asterisk/ami/control-link.test.ts fails if it is gone. */
declare module "asterisk-manager" {
  import type { EventEmitter } from "node:events";
  import type { NetConnectOpts } from "node:net";

  export interface Manager extends EventEmitter {
    /** Hands both arguments to `net.createConnection`, so the first may be its options. The callback hears of success only. */
    connect(to: NetConnectOpts, host: undefined, connected: () => void): void;
    login(done: (refusal?: unknown) => void): void;
    /** Writes one request; `answered` hears of whatever is emitted under the ActionID. */
    action(request: Record<string, string>, answered: () => void): string;
    disconnect(): void;
  }

  /** Connects at once if it is given a port. */
  export default function AsteriskManager(
    port: undefined,
    host: string,
    username: string,
    password: string,
    events: boolean,
  ): Manager;
}
