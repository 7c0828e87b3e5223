import { useQuery } from "@tanstack/react-query";
import { request } from "./client.js";

/** Where an address is; null where no file tells. */
export interface Place {
  /** ISO 3166 code. */
  readonly country: string | null;
  readonly network: string | null;
}

type Answer = (place: Place | null) => void;

const PATH = "/api/v1/places";
const MOST = 100;
let wanted = new Map<string, { readonly answers: Answer[]; readonly fail: (error: unknown) => void }>();

/** Country and network of an address: those of one screenful are asked for in one request. */
export function usePlace(address: string | null): Place | null {
  const { data } = useQuery({
    queryKey: ["place", address],
    queryFn: () => placeOf(address ?? ""),
    enabled: address !== null,
    staleTime: 3_600_000,
    retry: false,
  });
  return data ?? null;
}

function placeOf(address: string): Promise<Place | null> {
  return new Promise((resolve, reject) => {
    const waiting = wanted.get(address);
    if (waiting !== undefined) {
      waiting.answers.push(resolve);
      return;
    }
    wanted.set(address, { answers: [resolve], fail: reject });
    if (wanted.size === 1) setTimeout(() => void ask(), 0);
  });
}

async function ask(): Promise<void> {
  const asked = [...wanted];
  wanted = new Map();
  for (let from = 0; from < asked.length; from += MOST) {
    const some = asked.slice(from, from + MOST);
    try {
      const of = some.map(([address]) => address).join(",");
      const { places } = await request<{ places: Record<string, Place | null> }>("GET", PATH, {
        query: { of },
      });
      for (const [address, { answers }] of some)
        for (const answer of answers) answer(places[address] ?? null);
    } catch (error) {
      for (const [, { fail }] of some) fail(error);
    }
  }
}
