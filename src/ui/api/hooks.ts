import {
  keepPreviousData,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { notifications } from "@mantine/notifications";
import { common } from "../texts/common.js";
import { Problem, request, type Query } from "./client.js";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // An answer is known by its identity: its version for If-Match hangs on it.
      structuralSharing: false,
      staleTime: 5_000,
      retry: (failures, error) => error instanceof Problem && error.status === 0 && failures < 2,
      refetchOnWindowFocus: true,
    },
  },
});

interface GetOptions {
  readonly enabled?: boolean;
  readonly everyMs?: number;
  /** Go on showing the last answer while the next one is on its way, such as while one types. */
  readonly keep?: boolean;
  readonly staleMs?: number;
}

/** Reads one thing of the API. */
export function useGet<T>(path: string, query?: Query, options: GetOptions = {}): UseQueryResult<T, Problem> {
  return useQuery<T, Problem>({
    queryKey: [path, query ?? {}],
    queryFn: ({ signal }) => request<T>("GET", path, { query, signal }),
    enabled: options.enabled ?? true,
    ...(options.staleMs === undefined ? {} : { staleTime: options.staleMs }),
    ...(options.everyMs === undefined ? {} : { refetchInterval: options.everyMs }),
    ...(options.keep === true ? { placeholderData: keepPreviousData } : {}),
  });
}

/** Reads a long list by and by; each page says in `next` what to send as `cursor` for the one after it. */
export function useGetPages<T extends { readonly next: number | string | null }>(
  path: string,
  query: Query,
  {
    cursor = "before",
    enabled = true,
  }: { readonly cursor?: "before" | "after"; readonly enabled?: boolean } = {},
) {
  return useInfiniteQuery({
    queryKey: [path, "pages", query],
    queryFn: ({ signal, pageParam }) =>
      request<T>("GET", path, { query: { ...query, [cursor]: pageParam }, signal }),
    initialPageParam: null as number | string | null,
    getNextPageParam: (last: T) => last.next,
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** What one change does: to what path, with what body. */
export interface Sending {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly raw?: { readonly data: BodyInit; readonly type: string };
  readonly basedOn?: unknown;
}

interface SendOptions<Answer> {
  /** Paths (or their beginnings) of what is to be read anew; everything where left out. */
  readonly touches?: readonly string[];
  /** What to tell once it is done. */
  readonly done?: (answer: Answer) => string | null;
  /** The caller shows the problem itself. */
  readonly quiet?: boolean;
}

/** Changes something by the API: what it touches is read anew, and a problem is shown unless the caller does that. */
export function useSend<Answer = unknown>(
  options: SendOptions<Answer> = {},
): UseMutationResult<Answer, Problem, Sending> {
  const client = useQueryClient();
  return useMutation<Answer, Problem, Sending>({
    mutationFn: ({ method, path, ...wish }) => request<Answer>(method, path, wish),
    onSuccess: async (answer) => {
      const message = options.done?.(answer) ?? null;
      if (message !== null) tell(message);
      await reread(client, options.touches);
    },
    onError: (problem) => {
      if (options.quiet !== true) tellProblem(problem);
    },
  });
}

/** Has what begins with one of these paths read anew, where it is on show. */
export function reread(client: QueryClient, touches: readonly string[] | undefined): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey: [path] }) =>
      typeof path === "string" &&
      (touches === undefined || touches.some((touched) => path.startsWith(touched))),
  });
}

export function tell(message: string): void {
  notifications.show({ message, autoClose: 5_000 });
}

export function tellProblem(problem: Error): void {
  notifications.show({ title: common.notDone, message: problem.message, color: "red", autoClose: 12_000 });
}
