import type { Message, Notice, NoticeKind } from "./notice.js";

/** Notices of one key since one was last sent. */
export interface Window {
  readonly key: string;
  readonly kind: NoticeKind;
  readonly title: string;
  /** When the last message of this key was made. */
  readonly openedAtMs: number;
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly lines: readonly string[];
}

/** So many different ones are told in words. */
const LINES = 20;
/** Keys are few and ours; a fault that made many must not fill the memory. */
const KEYS = 100;
const LONGEST_LINE = 500;

/** The first notice of a key makes a message at once; those that follow are collected, and make one message when the time is over. So
 *  a key sends at most one message in that time, whatever happens. */
export class Collector {
  private readonly windows = new Map<string, Window>();
  private readonly changed = new Set<string>();

  /** @param newId makes an id that no other message has */
  constructor(
    private readonly newId: () => string,
    windows: readonly Window[] = [],
  ) {
    for (const window of windows) this.windows.set(window.key, window);
  }

  take(notice: Notice, nowMs: number, collectMs: number): Message | null {
    const open = this.windows.get(notice.key);
    if (open === undefined && this.windows.size >= KEYS) return null;
    const line = notice.line.slice(0, LONGEST_LINE);
    if (open === undefined || nowMs - open.openedAtMs >= collectMs || open.openedAtMs > nowMs) {
      // What was collected and is overdue goes along.
      const message = this.messageOf(
        open === undefined ? begun(notice, nowMs, line) : added(open, notice, line),
      );
      this.put(emptied(notice, nowMs));
      return message;
    }
    this.put(added(open, notice, line));
    return null;
  }

  /** Of the keys whose time is over. */
  due(nowMs: number, collectMs: number): Message[] {
    const messages: Message[] = [];
    for (const window of [...this.windows.values()]) {
      if (nowMs - window.openedAtMs < collectMs) continue;
      if (window.count === 0) {
        this.windows.delete(window.key);
        this.changed.add(window.key);
      } else {
        messages.push(this.messageOf(window));
        this.put({ ...window, openedAtMs: nowMs, count: 0, lines: [] });
      }
    }
    return messages;
  }

  /** When `due` has something to say next; null: nothing is collected. */
  nextMs(collectMs: number): number | null {
    const times = [...this.windows.values()].map(({ openedAtMs }) => openedAtMs + collectMs);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** What changed since the last time that this was asked, for the store; `window` null: it is over. */
  takeChanges(): { readonly key: string; readonly window: Window | null }[] {
    const changes = [...this.changed].map((key) => ({ key, window: this.windows.get(key) ?? null }));
    this.changed.clear();
    return changes;
  }

  private put(window: Window): void {
    this.windows.set(window.key, window);
    this.changed.add(window.key);
  }

  private messageOf({ key, kind, title, count, firstAtMs, lastAtMs, lines }: Window): Message {
    return { id: this.newId(), key, kind, title, count, firstAtMs, lastAtMs, lines };
  }
}

function emptied({ key, kind, title, atMs }: Notice, nowMs: number): Window {
  return { key, kind, title, openedAtMs: nowMs, count: 0, firstAtMs: atMs, lastAtMs: atMs, lines: [] };
}

function begun(notice: Notice, nowMs: number, line: string): Window {
  return { ...emptied(notice, nowMs), count: 1, lines: [line] };
}

function added(window: Window, { atMs }: Notice, line: string): Window {
  const isNew = window.lines.length < LINES && !window.lines.includes(line);
  return {
    ...window,
    count: window.count + 1,
    firstAtMs: window.count === 0 ? atMs : Math.min(window.firstAtMs, atMs),
    lastAtMs: Math.max(window.lastAtMs, atMs),
    lines: isNew ? [...window.lines, line] : window.lines,
  };
}
