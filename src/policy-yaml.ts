import {
  Document,
  isMap,
  isNode,
  isScalar,
  Lexer,
  LineCounter,
  Pair,
  Parser,
  parseDocument,
  Scalar,
  visit,
  type YAMLSeq,
} from "yaml";
import type { PolicyText } from "./guard/policy-file.js";

/** The text of a policy file, and back with the line of everything in it. */
export const policyYaml: PolicyText = {
  format: (tree, heading) => {
    const lines = heading.map((line) => `# ${line}\n`).join("");
    // Anchors would only puzzle people, and a note is one line however long.
    const document = new Document(tree, { aliasDuplicateObjects: false });
    visit(document, { Seq: (_key, seq) => void (seq.flow = isShort(seq)) });
    return lines + document.toString({ lineWidth: 0, flowCollectionPadding: false });
  },

  parse: (text) => {
    const lines = new LineCounter();
    // Nothing is a number by its looks: 00 is a prefix, and 0.10 an amount.
    const deep = tooDeepAt(text);
    if (deep !== null) {
      return {
        faults: [{ line: deep, message: `lists and maps lie more than ${MOST_DEPTH} deep in each other` }],
      };
    }
    const document = parseDocument(text, {
      schema: "failsafe",
      lineCounter: lines,
      prettyErrors: false,
      strict: true,
    });
    const lineAt = (offset: number | undefined) => (offset === undefined ? null : lines.linePos(offset).line);
    const faults = document.errors.map(({ pos, message }) => ({ line: lineAt(pos[0]), message }));
    if (faults.length === 0 && hasAliases(document)) {
      faults.push({ line: null, message: "anchors and aliases (& and *) are not read: write it out" });
    }
    if (faults.length > 0) return { faults };
    return {
      tree: document.toJS({ mapAsMap: true }) as unknown,
      lineOf: (path) => lineAt(offsetOf(document, path)),
    };
  },
};

/** A policy is half a dozen deep. */
const MOST_DEPTH = 100;

/** The line where `text` goes deeper than any policy does; null: nowhere. What makes a tree of it goes down by calling itself, and at
 *  the end of the stack the whole process can end; what only reads tokens does not. */
function tooDeepAt(text: string): number | null {
  const lines = new LineCounter();
  const parser = new Parser(lines.addNewLine);
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    // eslint-disable-next-line @typescript-eslint/no-unused-vars -- the parser moves on as its tokens are taken
    for (const _token of parser.next(lexeme));
    offset += lexeme.length;
    if (parser.stack.length > MOST_DEPTH) return lines.linePos(offset).line;
  }
  return null;
}

/** Whether a list is told in one line: [US, CA]. */
function isShort({ items }: YAMLSeq): boolean {
  const texts = items.map((item) => (isScalar(item) ? String(item.value) : null));
  return texts.every((text) => text !== null && text.length < 20) && texts.join(", ").length < 80;
}

function hasAliases(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** Where the innermost part of `path` stands that is in the file: a key where there is one, else the value. */
function offsetOf(document: Document, path: readonly (string | number)[]): number | undefined {
  let node: unknown = document.contents;
  let offset = isNode(node) ? node.range?.[0] : undefined;
  for (const part of path) {
    if (isMap(node)) {
      const pair: unknown = node.items.find(
        ({ key }) => key instanceof Scalar && String(key.value) === String(part),
      );
      if (!(pair instanceof Pair)) break;
      offset = isNode(pair.key) ? pair.key.range?.[0] : offset;
      node = pair.value;
    } else {
      node = isNode(node)
        ? (node as { get?: (key: unknown, keep: boolean) => unknown }).get?.(part, true)
        : undefined;
      if (!isNode(node)) break;
      offset = node.range?.[0];
    }
  }
  return offset;
}
