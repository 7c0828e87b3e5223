import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useSyncExternalStore } from "react";
import type { HappeningJson } from "../../http/contract.js";
import { reread } from "./hooks.js";
import { paths } from "./paths.js";

type Type = HappeningJson["type"];
type Of<T extends Type> = Extract<HappeningJson, { readonly type: T }>;
type Listener = (happening: HappeningJson) => void;

/** `lost`: it stood or was asked for, and the daemon does not answer; the browser goes on trying. */
export type FeedState = "closed" | "connecting" | "live" | "lost";

/** How often a page is read anew at most while much happens. */
const REREAD_MS = 1_500;
const TYPES: readonly Type[] = [
  "ban",
  "lift",
  "block",
  "unblock",
  "lock",
  "unlock",
  "shadow",
  "alarm",
  "verdict",
  "policy",
  "import",
  "missed",
];

/** The browser gives up where it is answered with a status, such as a proxy's while the daemon restarts. */
const AGAIN_MS = 5_000;

/** One live feed for all pages. Where the connection breaks, the browser connects again by itself. */
class Feed {
  private source: EventSource | null = null;
  private state: FeedState = "closed";
  private again: ReturnType<typeof setTimeout> | undefined;
  private whenRefused: () => void = () => undefined;
  private readonly listeners = new Set<Listener>();
  private readonly watchers = new Set<() => void>();

  open(): void {
    if (this.source !== null) return;
    const source = new EventSource(paths.events);
    this.source = source;
    this.become("connecting");
    source.onopen = () => this.become("live");
    source.onerror = () => {
      this.become("lost");
      if (source.readyState !== EventSource.CLOSED) return;
      this.source = null;
      this.again = setTimeout(() => this.open(), AGAIN_MS);
      this.whenRefused();
    };
    for (const type of TYPES) {
      source.addEventListener(type, ({ data }: MessageEvent<string>) => {
        const happening = JSON.parse(data) as HappeningJson;
        for (const listener of this.listeners) listener(happening);
      });
    }
  }

  /** The daemon (or a proxy) answered that there is no feed: perhaps nobody is signed in any more. */
  onRefused(listener: () => void): void {
    this.whenRefused = listener;
  }

  close(): void {
    clearTimeout(this.again);
    this.source?.close();
    this.source = null;
    this.become("closed");
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };

  readonly now = (): FeedState => this.state;

  private become(state: FeedState): void {
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }
}

export const feed = new Feed();

export function useFeedState(): FeedState {
  return useSyncExternalStore(feed.watch, feed.now);
}

/** Calls `listener` for each happening of these types, live. */
export function useLive<T extends Type>(types: readonly T[], listener: (happening: Of<T>) => void): void {
  const heard = useEffectEvent((happening: HappeningJson) => {
    if ((types as readonly Type[]).includes(happening.type)) listener(happening as Of<T>);
  });
  useEffect(() => feed.listen((happening) => heard(happening)), []);
}

/** Has what begins with these paths read anew when something of these types happens: soon, and not more often than needed. */
export function useLiveReread(types: readonly Type[], touches: readonly string[]): void {
  const client = useQueryClient();
  const read = useEffectEvent(() => void reread(client, touches));
  const wanted = useEffectEvent((type: Type) => types.includes(type) || type === "missed");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stop = feed.listen(({ type }) => {
      if (!wanted(type) || timer !== null) return;
      timer = setTimeout(() => {
        timer = null;
        read();
      }, REREAD_MS);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, []);
}

/** Calls `run` once the daemon answers again that did not before. */
export function useBackAgain(run: () => unknown): void {
  const state = useFeedState();
  const wasLost = useRef(false);
  const again = useEffectEvent(() => void run());
  useEffect(() => {
    // The first connection of a page is nobody's return: what failed beside it would fail again, and again.
    if (state === "live" && wasLost.current) again();
    wasLost.current = state === "lost" || (wasLost.current && state !== "live");
  }, [state]);
}
