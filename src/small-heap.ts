import { setFlagsFromString } from "node:v8";

/** Holds V8 to a heap near what is in use. As it comes, V8 lets the heap of a process that reads a flood grow to four times what
 *  is alive in it, and gives little back: 390 MB where 190 do (docs/decisions/0020-memory.md). Both flags are read at each
 *  collection, so they work in a process that has begun; those for sizes are read only before. */
export function keepHeapSmall(): void {
  // The young generation stays at its first size, a megabyte, and is collected more often.
  setFlagsFromString("--semi-space-growth-factor=1");
  // The old one is collected once it has grown by so much over what the last collection left.
  setFlagsFromString("--heap-growing-percent=15");
}
