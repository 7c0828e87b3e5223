import { Tooltip } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { exact, relative } from "./format.js";

const TICK_MS = 10_000;
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;
const watchers = new Set<() => void>();

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of watchers) each();
  }, TICK_MS);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** The time of now, in steps of ten seconds. */
export function useNow(): Date {
  return new Date(useSyncExternalStore(watch, () => (watchers.size === 0 ? (now = Date.now()) : now)));
}

/** A moment, told from now; the exact time on hover and to screen readers. `at`: RFC 3339. */
export function Time({ at, exactly = false }: { readonly at: string; readonly exactly?: boolean }) {
  const moment = new Date(at);
  const told = relative(moment, useNow());
  const shown = exact(moment);
  return (
    <Tooltip label={exactly ? told : shown} openDelay={200}>
      <time dateTime={at} aria-label={`${told}, ${shown}`}>
        {exactly ? shown : told}
      </time>
    </Tooltip>
  );
}
