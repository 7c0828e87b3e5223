import { networkOfTarget, parseTarget, type Network } from "../src/domain/address.js";

/** Writes small files in MaxMind's DB format, version 2.0: a binary tree of address bits, then the records, then metadata. */

type Value = string | number | { readonly [key: string]: Value } | readonly Value[];
type Node = { left: Node | Leaf | null; right: Node | Leaf | null };
type Leaf = { readonly record: Value };

const SEPARATOR = Buffer.alloc(16);
const MARKER = Buffer.from("\xab\xcd\xefMaxMind.com", "latin1");
const RECORD_BITS = 24;

/** `records` are networks and what is known of them; a file for IPv6 holds IPv4 below `::/96`, as the real ones do. */
export function mmdb(
  records: readonly (readonly [cidr: string, record: Value])[],
  ipVersion: 4 | 6 = 6,
): Buffer {
  const root: Node = { left: null, right: null };
  for (const [cidr, record] of records) insert(root, bitsOf(cidr, ipVersion), { record });
  const nodes = numbered(root);
  const places = new Map<Leaf, number>();
  const parts: Buffer[] = [];
  let size = 0;
  for (const leaf of leavesOf(nodes)) {
    const encoded = encode(leaf.record);
    places.set(leaf, size);
    parts.push(encoded);
    size += encoded.length;
  }
  const tree = Buffer.alloc((nodes.length * RECORD_BITS * 2) / 8);
  const pointer = (child: Node | Leaf | null): number => {
    if (child === null) return nodes.length;
    return "record" in child
      ? nodes.length + SEPARATOR.length + (places.get(child) ?? 0)
      : nodes.indexOf(child);
  };
  nodes.forEach((node, at) => {
    tree.writeUIntBE(pointer(node.left), at * 6, 3);
    tree.writeUIntBE(pointer(node.right), at * 6 + 3, 3);
  });
  const metadata = {
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    database_type: "Test",
    description: { en: "made by a test" },
    ip_version: ipVersion,
    languages: ["en"],
    node_count: nodes.length,
    record_size: RECORD_BITS,
  };
  return Buffer.concat([tree, SEPARATOR, ...parts, MARKER, encode(metadata)]);
}

function insert(root: Node, bits: string, leaf: Leaf): void {
  let node = root;
  for (const bit of bits.slice(0, -1)) {
    const side = bit === "0" ? "left" : "right";
    const child = node[side] ?? { left: null, right: null };
    if ("record" in child) throw new Error("networks of a test file may not overlap");
    node[side] = child;
    node = child;
  }
  node[bits.endsWith("0") ? "left" : "right"] = leaf;
}

function bitsOf(cidr: string, ipVersion: 4 | 6): string {
  const parsed = parseTarget(cidr);
  if ("error" in parsed) throw new Error(parsed.error);
  const network: Network = networkOfTarget(parsed.target);
  const width = network.family === 4 ? 32 : 128;
  const bits = network.base.toString(2).padStart(width, "0").slice(0, network.bits);
  if (network.family === 6 && ipVersion === 4) throw new Error("no IPv6 in a file for IPv4");
  return network.family === 4 && ipVersion === 6 ? "0".repeat(96) + bits : bits;
}

function numbered(root: Node): Node[] {
  const nodes: Node[] = [root];
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at];
    for (const child of [node?.left, node?.right]) if (child && !("record" in child)) nodes.push(child);
  }
  return nodes;
}

function leavesOf(nodes: readonly Node[]): Leaf[] {
  return nodes.flatMap(({ left, right }) =>
    [left, right].flatMap((child) => (child !== null && "record" in child ? [child] : [])),
  );
}

function encode(value: Value): Buffer {
  if (typeof value === "string") {
    const text = Buffer.from(value);
    return Buffer.concat([control(2, text.length), text]);
  }
  if (typeof value === "number") {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)]);
  const entries = Object.entries(value);
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([key, each]) => [encode(key), encode(each)]),
  ]);
}

/** The byte that says type and size, with those that follow for long values and late types. */
function control(type: number, size: number): Buffer {
  const [small, more] =
    size < 29 ? [size, []] : size < 285 ? [29, [size - 29]] : [30, [(size - 285) >> 8, (size - 285) & 255]];
  return Buffer.from(type < 8 ? [(type << 5) | small, ...more] : [small, type - 7, ...more]);
}
