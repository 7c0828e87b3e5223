/** What one must be allowed to do a thing: `read` looks; `operate` shuts out, lets in and handles lists of the day; `admin` changes
 *  rules, people and everything else. Each holds those before it. Tokens have these words as their scopes. */
export type Right = "read" | "operate" | "admin";

/** What a person is. */
export type Role = "viewer" | "operator" | "admin";

export const RIGHTS: readonly Right[] = ["read", "operate", "admin"];
export const ROLES: readonly Role[] = ["viewer", "operator", "admin"];

const RIGHT_OF: Readonly<Record<Role, Right>> = { viewer: "read", operator: "operate", admin: "admin" };

export function rightOf(role: Role): Right {
  return RIGHT_OF[role];
}

export function roleWith(right: Right): Role {
  return right === "read" ? "viewer" : right === "operate" ? "operator" : "admin";
}

/** Whether who has `held` may do what needs `needed`. */
export function isEnough(held: Right, needed: Right): boolean {
  return RIGHTS.indexOf(held) >= RIGHTS.indexOf(needed);
}

export const SHORTEST_PASSWORD = 10;
const LONGEST_PASSWORD = 200;

/** Why nobody should have this password, as a sentence; null: it will do. */
export function passwordFault(password: string, user: string): string | null {
  if (password.length < SHORTEST_PASSWORD)
    return `A password has at least ${SHORTEST_PASSWORD} characters: write a few words.`;
  if (password.length > LONGEST_PASSWORD) return `A password has at most ${LONGEST_PASSWORD} characters.`;
  const plain = password.toLowerCase();
  if (plain.includes(user.toLowerCase()) && password.length - user.length < SHORTEST_PASSWORD)
    return "A password is more than the name of its user: add a few words.";
  if (new Set(plain).size < 5)
    return "A password of a few letters over and over is guessed first: write a few words.";
  return /^(password|passwort|ringfence|1234567890|qwertyuiop|qwertzuiop|asterisk)[\d!.]*$/.test(plain)
    ? "That password is among the first that anybody tries: write a few words."
    : null;
}

/** Names of people and of tokens: they stand in the audit, in logs and in paths. */
export function isPlainName(name: string): boolean {
  return /^[a-z][a-z0-9._-]{0,31}$/.test(name);
}
