export type Awaitable<T> = T | Promise<T>;

/** An expected refusal: understood, and not done. `message` says what to do instead. */
export interface Refused {
  readonly refused: "not-found" | "protected" | "refused" | "stale";
  readonly message: string;
}
