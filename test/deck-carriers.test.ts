import { join } from "node:path";
import { readDeckFile } from "../src/deck-file.js";
import { WHOLE_MINUTES } from "../src/domain/calling/cost.js";
import { parseDeckSettings, type SettingTexts } from "../src/guard/deck-settings.js";
import type { DeckRow } from "../src/guard/ports.js";

// Price lists in the forms that carriers and billing systems send them in. Where a file is named after one of them the headings are
// those that its users publish; the rows, and the other names, are invented.

const NOW = Date.UTC(2026, 0, 31, 12);

function settingsOf(texts: SettingTexts) {
  const read = parseDeckSettings(texts);
  if ("fault" in read) throw new Error(read.fault);
  return read.settings;
}

const read = (file: string, texts: SettingTexts = {}) =>
  readDeckFile(join(__dirname, "fixtures/decks", file), settingsOf(texts), NOW);

async function readWell(file: string, texts: SettingTexts = {}) {
  const result = await read(file, texts);
  if ("refused" in result) throw new Error(result.message);
  return result;
}

/** `prefix micros fee minimum/increment destination`, and the dates it is in force. */
function line({ prefix, microsPerMinute, terms, destination, fromMs, untilMs }: DeckRow): string {
  const { connectionMicros, minimumSeconds, incrementSeconds } = terms ?? WHOLE_MINUTES;
  const day = (ms?: number): string => (ms === undefined ? "" : new Date(ms).toISOString().slice(0, 10));
  const dates = fromMs === undefined && untilMs === undefined ? "" : ` ${day(fromMs)}..${day(untilMs)}`;
  return `${prefix} ${microsPerMinute} ${connectionMicros} ${minimumSeconds}/${incrementSeconds}${dates} ${destination}`;
}

test.each<[string, SettingTexts, string[]]>([
  [
    // Several prices of a prefix, by where calls come from: the dearest counts, since the file does not know where ours do.
    "telnyx.csv",
    {},
    [
      "1 5000 0 6/6 Trunking Outbound Minute - United States",
      "352 21000 0 60/60 Trunking Outbound Minute - Luxembourg",
      "35220 95000 0 60/60 Trunking Outbound Minute - Luxembourg - NGN Service 1",
      "447 31000 50000 60/1 Trunking Outbound Minute - United Kingdom - Mobile",
      "4478 31000 50000 60/1 Trunking Outbound Minute - United Kingdom - Mobile",
    ],
  ],
  [
    // Its `Country Code` is the letters of ISO 3166.
    "telnyx-countries.csv",
    {},
    [
      "44 10000 0 60/60 Trunking Outbound Minute - United Kingdom",
      "86139 55000 0 60/60 Trunking Outbound Minute - China - Mobile",
    ],
  ],
  [
    "twilio.csv",
    {},
    [
      "43 250000 0 60/60 Programmable Outbound Minute - Austria",
      "81 74600 0 60/60 Programmable Outbound Minute - Japan",
      "8170 185000 0 60/60 Programmable Outbound Minute - Japan - Mobile",
      "8190 185000 0 60/60 Programmable Outbound Minute - Japan - Mobile",
    ],
  ],
  [
    // The dearer of two prices for the first interval and the others; forbidden ones have none, discontinued ones are gone.
    "tcxc.csv",
    {},
    ["33 200000 0 60/6 ", "447700 12500 0 1/1 ", "4915 42100 0 60/1 2027-01-01.. ", "5511 null 0 30/6 "],
  ],
  ["astpp.csv", {}, ["1 500000 0 30/60 UNITED STATES", "91 250000 100000 60/60 India"]],
  ["yeastar.csv", {}, ["1876 210000 0 0/60 Jamaica", "44 20000 10000 30/6 UK"]],
  ["46labs.csv", {}, ["1934226 9000 0 6/6 2022-08-16.. "]],
  // Fees for the beginning and the end of a call are both asked for each.
  ["magnusbilling.csv", {}, ["1876 210000 30000 30/6 Jamaica"]],
  ["lrn.csv", {}, ["1404543 1900 0 30/6 2015-10-29.. "]],
  [
    // The field names of Kazoo's rate decks.
    "kestrel.csv",
    {},
    ["1 8500 0 6/6 United States", "1876 210000 50000 60/30 Jamaica"],
  ],
  [
    // The field names of DIDWW's prices: what is rejected has none, and is not left to a shorter prefix.
    "harrier.csv",
    {},
    ["1876 210000 50000 30/6 Digicel", "53 null 0 60/60 Cuba"],
  ],
  [
    "northstar.csv",
    {},
    [
      "1 8500 0 6/6 2026-01-01.. United States",
      "1876 210000 0 60/60 2026-01-01.. Jamaica, Mobile - Digicel",
      "44 12000 0 1/1 2026-01-15.. United Kingdom",
      "447 45000 0 30/6 2026-01-15.. United Kingdom, Mobile",
    ],
  ],
  [
    "rheintel.csv",
    { currency: "EUR=1.0850" },
    [
      "4143 21592 0 1/1 2026-01-15.. Zürich",
      "43 22785 0 60/60 2026-01-01.. Österreich",
      "43664 200725 54250 60/60 2026-01-01.. Österreich Mobilfunk",
    ],
  ],
  [
    "lumiere.txt",
    { currency: "EUR=1.0850" },
    [
      "221 338520 0 60/60 2026-01-01.. Sénégal",
      "22177 435628 0 60/60 2026-01-01.. Sénégal Mobile Orange",
      "262 29838 0 1/1 2026-01-31.. Réunion",
    ],
  ],
  [
    "andina.csv",
    {},
    [
      "511 9900 0 1/1 Perú",
      "519 21000 0 30/6 Perú Móvil",
      "54 15000 0 60/60 Argentina",
      "54911 123500 0 60/60 Argentina Móvil",
      "549341 123500 0 60/60 Argentina Móvil",
      "549342 123500 0 60/60 Argentina Móvil",
      "549343 123500 0 60/60 Argentina Móvil",
    ],
  ],
  ["summit.txt", {}, ["447 31000 0 60/1 UK Mobile", "49 10000 5000 1/1 Germany"]],
  [
    "meridian.csv",
    {},
    [
      ...["1809", "1829", "1849"].map((prefix) => `${prefix} 52000 0 6/6 Fixed`),
      ...["44", "447", ...Array.from({ length: 10 }, (_, end) => String(end))].map(
        (end) => `${end.length === 1 ? `447${end}` : end} 31000 0 60/60 Mobile`,
      ),
      ...["870", "8816", "8817"].map((prefix) => `${prefix} 4500000 0 60/60 Inmarsat`),
    ],
  ],
  [
    "polaris.csv",
    {},
    [
      "39 11000 0 1/1 Italy",
      "3902 8000 0 1/1 Italy",
      "3906 8000 0 1/1 Italy",
      ...["50", "51", "52", "53", "60"].map((area) => `48${area} 30000 0 30/6 Poland`),
    ],
  ],
  [
    "bareline.csv",
    {},
    ["1 8500 0 6/6 United States", "1876 210000 0 60/60 Jamaica", "44 12000 0 1/1 United Kingdom"],
  ],
  [
    "liberty-npanxx.csv",
    { increments: "6/6" },
    ["1201200 3500 0 6/6 2026-01-15.. ", "1907555 41000 0 6/6 2026-01-15.. "],
  ],
  [
    "albion.csv",
    { currency: "GBP=1.25" },
    ["441 15625 6250 60/60 UK Geographic", "447973 38750 0 60/60 UK Mobile EE"],
  ],
  [
    "cascade-changes.csv",
    {},
    [
      "252 null 0 60/60 2025-01-01.. Somalia",
      "371 310000 0 60/60 2026-01-16.. Latvia",
      "3712 350000 0 60/60 2025-06-01.. Latvia Mobile",
      "3712 550000 0 60/60 2026-03-01.. Latvia Mobile",
      "376 120000 0 60/60 2025-01-01.. Andorra",
      "377 150000 0 60/60 ..2026-02-15 Monaco",
    ],
  ],
  [
    "excelsior.csv",
    {},
    [
      "358 31000 0 60/60 Finland",
      "46 12000 0 60/60 Sweden",
      "47 15000 0 60/60 Norway",
      "88213 1250000000 0 60/60 Emsat",
    ],
  ],
  [
    "harbour-dates.csv",
    { dates: "dmy" },
    ["33 10000 0 60/60 2026-01-02.. France", "34 11000 0 60/60 2025-12-03.. Spain"],
  ],
])("%s is read as it is meant", async (file, texts, lines) => {
  const { rows, faults } = await readWell(file, texts);
  expect(faults).toEqual([]);
  expect(rows.map(line)).toEqual(lines);
});

test("how a file was understood is told", async () => {
  const { format, encoding, delimiter } = await readWell("rheintel.csv", { currency: "EUR=1.0850" });
  expect({ ...format, encoding, delimiter }).toEqual({
    columns: {
      prefix: ["Vorwahl"],
      destination: ["Zielland"],
      rate: ["Minutenpreis (EUR)"],
      "connection-fee": ["Verbindungsentgelt"],
      billing: ["Taktung"],
      effective: ["Gültig ab"],
    },
    unused: [],
    decimalMark: ",",
    dates: "dmy",
    currency: "EUR",
    inCents: false,
    before: "",
    encoding: "windows-1252",
    delimiter: ";",
  });
  expect((await readWell("liberty-npanxx.csv")).format).toMatchObject({
    columns: { rate: ["Interstate", "Intrastate", "Indeterminate"] },
    before: "1",
    dates: "mdy",
  });
  expect((await readWell("polaris.csv")).format.unused).toEqual(["City"]);
  expect((await readWell("bareline.csv")).format.columns).toEqual({
    prefix: ["1"],
    destination: ["2"],
    rate: ["3"],
    billing: ["4"],
  });
});

test("statuses, times and prefixes that stand twice are told", async () => {
  expect(await readWell("cascade-changes.csv")).toMatchObject({
    read: 9,
    passedOver: { remarks: 0, deleted: 0, ended: 2 },
    scheduled: { count: 1, nextMs: Date.UTC(2026, 1, 15) },
    duplicates: 1,
    firstDuplicates: [{ prefix: "376", line: 10, keptMicros: 120_000, droppedMicros: 110_000 }],
    unknownStatus: ["Under review"],
    withoutIncrements: 5,
  });
});

test.each<[string, SettingTexts, RegExp]>([
  ["rheintel.csv", {}, /the price is in EUR: .* such as EUR=1\.0850/],
  ["atlantico.csv", {}, /the price is in BRL/],
  ["northstar.csv", { map: "prefix=Kode,rate=Preis" }, /columns that the setting map names can't be told/],
  ["rough.csv", {}, /decimal point or a decimal comma: say which by the setting decimal/],
  ["bareline.csv", { map: "prefix=1,rate=Rate" }, /can't be told: name them/],
])("%s with %j is refused, and the setting named", async (file, texts, message) => {
  expect(await read(file, texts)).toEqual({ refused: "refused", message: expect.stringMatching(message) });
});

test("a prefix with a space is not guessed at; a blocked destination has no price", async () => {
  const { rows, faults } = await readWell("atlantico.csv", { currency: "BRL=0.1800" });
  expect(faults).toEqual([{ line: 3, message: '"5511 9" can be read in two ways: write 55119' }]);
  expect(rows.map(line)).toEqual([
    "244 222210000 0 60/60 Angola",
    "53 null 0 60/60 Cuba",
    "55 15300 0 30/6 Brasil Fixo",
  ]);
});

test("dates that could be either are asked about, not guessed", async () => {
  const { rows, faults } = await readWell("harbour-dates.csv");
  expect(rows).toEqual([]);
  expect(faults.map(({ line: at }) => at)).toEqual([2, 3]);
  expect(faults[0]?.message).toMatch(/"02\/01\/2026" day and month .* setting dates \(dmy or mdy\)/);
});

test("columns can be named, by heading or by number", async () => {
  const byName = await readWell("albion.csv", {
    map: 'rate="Off-Peak (pence per minute)",prefix=Code',
    currency: "GBP=1.25",
  });
  expect(byName.rows.map(({ microsPerMinute }) => microsPerMinute)).toEqual([10_000, 38_750]);
  const byNumber = await readWell("summit.txt", { map: "prefix=2,rate=4" });
  expect(byNumber.rows.map(({ microsPerMinute }) => microsPerMinute)).toEqual([0, 5_000]);
});

test("each row that can't be read is named by its line, with what to write", async () => {
  const { rows, faults, refusedRows } = await readWell("rough.csv", { decimal: "." });
  expect(rows.map(({ prefix }) => prefix)).toEqual(["33"]);
  expect(refusedRows).toBe(10);
  expect(faults.map(({ line: at, message }) => `${at} ${message}`)).toEqual([
    "3 the row has no price",
    '4 "call us" is no price: write it as 0.2100',
    '5 a spreadsheet has damaged the prefix "4.47E+11": format the column as text',
    '6 a price can\'t be below zero, as "-0.01" is',
    "7 a prefix begins with the country code, such as 1876: no country code begins with 0",
    '8 "44 7400" can be read in two ways: write 447400',
    '9 "1,876" can be read in two ways: write 1876, or 1; 876',
    '10 "44-79" can be read in two ways: write 4479',
    '11 "often" are no billing increments: write them as 60/60 or 30/6',
    '12 "0,01" is no price with the decimal mark .: write it as 0.2100',
  ]);
});

test("where rows are left out, calls to where they lead have no price", async () => {
  const { rows, refusedRows } = await readWell("rough.csv", { decimal: ".", skipBad: true });
  expect(refusedRows).toBe(10);
  expect(rows.map(({ prefix, microsPerMinute }) => [prefix, microsPerMinute])).toEqual([
    ["1664", null],
    ["1876", null],
    ["33", 10_000],
    ["34", null],
    ["45", null],
    ["46", null],
  ]);
});
