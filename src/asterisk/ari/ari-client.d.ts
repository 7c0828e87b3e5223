/** What Ringfence uses of ari-client 2.2.0. Names with an underscore are private to it: the exact version is pinned, and
 *  test/asterisk/ari/session.test.ts fails if they are gone. */
declare module "ari-client" {
  import type { EventEmitter } from "node:events";

  /** The WebSocket of `ws`. */
  export interface Socket extends EventEmitter {
    ping(): void;
    terminate(): void;
  }

  export interface Client extends EventEmitter {
    /** Resolves once the websocket is open; after ten tries it rejects, and never tries again. */
    start(application: string): PromiseLike<void>;
    readonly channels: {
      continueInDialplan(parameters: {
        channelId: string;
        context?: string;
        extension?: string;
        priority?: number;
      }): PromiseLike<unknown>;
    };
    _ws?: Socket;
    /** While true, an end of the websocket is taken for intended: no try to connect again. */
    _wsClosed?: boolean;
  }

  export function connect(url: string, username: string, password: string): PromiseLike<Client>;
}
