import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import type { SignedInJson } from "../../http/contract/access.js";
import { Problem, request, setCsrfToken } from "./client.js";

export type Session = SignedInJson;
export type Role = Session["role"];

export const SESSION_PATH = "/api/v1/session";
const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

export const SessionContext = createContext<Session | null>(null);

/** Who is signed in; null: nobody is. */
export function useSessionQuery() {
  return useQuery<Session | null, Problem>({
    queryKey: [SESSION_PATH],
    queryFn: async ({ signal }) => {
      try {
        return taken(await request<Session>("GET", SESSION_PATH, { signal }));
      } catch (error) {
        if (error instanceof Problem && error.status === 401) return lost();
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

let isIn = false;
let endedByItself = false;

function taken(session: Session | null): Session | null {
  isIn = session !== null;
  endedByItself = false;
  setCsrfToken(session?.csrf ?? null);
  return session;
}

/** The daemon says that nobody is signed in (any more). */
export function lost(): null {
  const wasIn = isIn || endedByItself;
  taken(null);
  endedByItself = wasIn;
  return null;
}

/** Whether somebody was signed in here, and did not sign out: their session ended. */
export function hasEnded(): boolean {
  return endedByItself;
}

/** The next user is shown nothing of what this one has read. */
export function forgetWhatWasRead(client: QueryClient): void {
  client.removeQueries({ predicate: ({ queryKey: [path] }) => path !== SESSION_PATH });
}

/** Who is signed in. Only below the sign-in page's gate. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession outside of the session");
  return session;
}

/** Whether who is signed in has at least this role. */
export function useMay(role: Role): boolean {
  return RANK[useSession().role] >= RANK[role];
}

export function useSignIn() {
  const client = useQueryClient();
  return async (wish: {
    readonly user: string;
    readonly password: string;
    readonly totp?: string;
  }): Promise<void> => {
    const session = await request<Session>("POST", SESSION_PATH, { body: wish });
    client.setQueryData([SESSION_PATH], taken(session));
  };
}

export function useSignOut() {
  const client = useQueryClient();
  return async (): Promise<void> => {
    await request("DELETE", SESSION_PATH);
    taken(null);
    client.setQueryData([SESSION_PATH], null);
    forgetWhatWasRead(client);
  };
}
