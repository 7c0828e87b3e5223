import type { Notice } from "../domain/notices/notice.js";
import { oldDecks } from "./deck-age.js";
import type { NotificationStore } from "./notification-ports.js";
import type { After, Clock, DeckInfo, Log, Stop } from "./ports.js";

interface Post {
  readonly name: string;
  readonly up: boolean;
  readonly vital: boolean;
  readonly detail: string;
}

export interface FenceWatchParts {
  /** The fence's posts, as the status tells them. */
  readonly posts: () => readonly Post[];
  readonly decks: () => readonly Pick<DeckInfo, "name" | "importedAtMs">[];
  readonly store: Pick<NotificationStore, "toldAtMs" | "told">;
  readonly notice: (notice: Notice) => void;
  readonly clock: Clock;
  readonly after: After;
  readonly log: Log;
}

const LOOK_EVERY_MS = 15_000;
/** A restart of Asterisk takes less. */
const PATIENCE_MS = 60_000;
const TELL_AGAIN_MS = 7 * 86_400_000;

/** Looks whether the fence stands and the prices are new, and tells where not; and that it stands again. */
export class FenceWatch {
  private cancel: () => void = () => undefined;
  private readonly downSinceMs = new Map<string, number>();
  private readonly told = new Set<string>();

  constructor(private readonly parts: FenceWatchParts) {}

  start(): Stop {
    this.later();
    return () => {
      this.cancel();
      return Promise.resolve();
    };
  }

  private later(): void {
    this.cancel = this.parts.after(LOOK_EVERY_MS, () => {
      try {
        this.look();
      } catch (error) {
        this.parts.log.error("the fence could not be looked at for notifications", { error });
      }
      this.later();
    });
  }

  private look(): void {
    for (const post of this.parts.posts()) if (post.vital) this.lookAt(post);
    this.lookAtDecks();
  }

  private lookAt({ name, up, detail }: Post): void {
    const { clock, notice } = this.parts;
    const atMs = clock.nowMs();
    if (up) {
      this.downSinceMs.delete(name);
      if (!this.told.delete(name)) return;
      notice({
        kind: "fence",
        key: "fence-up",
        title: "The fence is up again",
        atMs,
        line: `${name}: ${detail}.`,
      });
      return;
    }
    const sinceMs = this.downSinceMs.get(name) ?? atMs;
    this.downSinceMs.set(name, sinceMs);
    if (atMs - sinceMs < PATIENCE_MS || this.told.has(name)) return;
    this.told.add(name);
    notice({
      kind: "fence",
      key: "fence-down",
      title: "The fence is down",
      atMs,
      line: `${name}: ${detail}.`,
    });
  }

  private lookAtDecks(): void {
    const { decks, clock, store, notice } = this.parts;
    const atMs = clock.nowMs();
    for (const { name, days } of oldDecks(decks(), atMs)) {
      const key = `deck ${name}`;
      const toldMs = store.toldAtMs(key);
      if (toldMs !== null && atMs - toldMs < TELL_AGAIN_MS) continue;
      store.told(key, atMs);
      const line = `The rate deck ${name} is ${days} days old: import the newest prices.`;
      notice({ kind: "old-deck", key: "old-deck", title: "A rate deck is too old", atMs, line });
    }
  }
}
