export interface Line {
  /** Without its line end; a byte order mark ahead of the first line is taken off. */
  readonly text: string;
  /** The line was longer than the limit: `text` is its beginning. */
  readonly cut: boolean;
}

const LF = 0x0a;

/** The lines of a stream of bytes, in bounded memory: of a longer line the rest is passed over. */
export async function* lines(chunks: AsyncIterable<Buffer>, limitBytes = 8192): AsyncGenerator<Line> {
  let kept: Buffer[] = [];
  let size = 0;
  let first = true;
  const keep = (piece: Buffer): void => {
    const room = limitBytes - Math.min(size, limitBytes);
    if (room > 0) kept.push(piece.subarray(0, room));
    size += piece.length;
  };
  const take = (): Line => {
    const text = Buffer.concat(kept).toString("utf8").replace(/\r$/, "");
    const line = { text: first ? text.replace(/^\uFEFF/, "") : text, cut: size > limitBytes };
    kept = [];
    size = 0;
    first = false;
    return line;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, from)) {
      keep(chunk.subarray(from, at));
      yield take();
      from = at + 1;
    }
    keep(chunk.subarray(from));
  }
  if (size > 0) yield take();
}
