import type { OverviewJson, PlacesJson } from "../../src/http/contract.js";
import { ask, startApi, type TestApi } from "./support/api.js";

let api: TestApi;
beforeEach(async () => {
  api = await startApi();
});
afterEach(async () => {
  await api.stop();
});

const get = (path: string) => ask({ socketPath: api.socket, method: "GET", path });

test("the overview is of a day unless told otherwise, and tells money as text", async () => {
  const overview = JSON.parse((await get("/api/v1/overview")).text) as OverviewJson;
  expect(overview).toMatchObject({ from: "2026-01-30T12:00:00.000Z", stepSeconds: 3600, countries: null });
  expect(overview.totals).toMatchObject({ attempts: 41, usdRefused: "0.6300" });
  await get("/api/v1/overview?hours=720");
  expect(api.services.asked).toEqual([{ overview: 24 }, { overview: 720 }]);
  expect((await get("/api/v1/overview?hours=1")).status).toBe(400);
});

test("places are told by address as it was asked; what is no address has none", async () => {
  api.services.places.set("203.0.113.12", { country: "NL", network: "Example (AS64500)" });
  const answer = await get("/api/v1/places?of=203.0.113.12,198.51.100.7,%3Cscript%3E");
  const { places } = JSON.parse(answer.text) as PlacesJson;
  expect(places).toEqual({
    "203.0.113.12": { country: "NL", network: "Example (AS64500)" },
    "198.51.100.7": null,
    "<script>": null,
  });
  expect((await get(`/api/v1/places?of=${"1.2.3.4,".repeat(201)}`)).status).toBe(400);
});
