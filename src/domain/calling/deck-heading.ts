/** What a column of a rate deck may hold. */
export const DECK_COLUMNS = [
  "prefix",
  "country-code",
  "area-code",
  "destination",
  "rate",
  "connection-fee",
  "minimum",
  "increment",
  "billing",
  "effective",
  "ends",
  "status",
  "currency",
] as const;

export type DeckColumn = (typeof DECK_COLUMNS)[number];

/** Where each column stands in a line's fields, from 0. Of several columns with a rate the dearest counts, of several with a status
 *  the strictest, and of several with a fee their sum. */
export type ColumnMap = Readonly<Partial<Record<DeckColumn, readonly number[]>>>;

const SEVERAL: ReadonlySet<DeckColumn> = new Set(["rate", "status", "connection-fee"]);

/** What headings mean, in English, German, French, Spanish, Portuguese and Italian: those that are known, guessed from their
 *  words. Columns with other headings are passed over. */
export function columnsOf(headings: readonly string[]): ColumnMap {
  const names = headings.map(namesOf);
  const found: Partial<Record<DeckColumn, number[]>> = {};
  for (const column of DECK_COLUMNS) {
    for (const meanings of WORDS[column]) {
      const indexes = names.flatMap((all, index) => (all.some((name) => meanings.has(name)) ? [index] : []));
      if (indexes.length === 0) continue;
      found[column] = SEVERAL.has(column) ? indexes : indexes.slice(0, 1);
      break;
    }
  }
  return found;
}

/** The currency that a heading names, such as `Rate (EUR)`; null where it names none. */
export function currencyOfHeading(heading: string): string | null {
  for (const [sign, code] of Object.entries({ "€": "EUR", "£": "GBP", $: "USD" })) {
    if (heading.includes(sign)) return code;
  }
  const words = plain(heading).split(" ");
  for (const word of words) {
    const code = CURRENCY_WORDS[word];
    if (code !== undefined) return code;
  }
  return null;
}

/** Whether a heading says that prices are in hundredths: cents, pence. */
export function isInCents(heading: string): boolean {
  return (
    /[¢]/.test(heading) ||
    plain(heading)
      .split(" ")
      .some((word) => CENTS.has(word))
  );
}

/** Small letters without accents; words with one space between them. */
export function plain(heading: string): string {
  return heading
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
}

/** The heading as it stands, without its currency (`usd_per_minute` is `per minute`), and without its unit too (`Rate per min. (USD)`
 *  is `rate`). */
function namesOf(heading: string): string[] {
  const full = plain(heading);
  const words = full.split(" ").filter((word) => CURRENCY_WORDS[word] === undefined && !CENTS.has(word));
  const priced = words.join(" ").replace(/ in$/, "");
  return [full, priced, priced.replace(PER_MINUTE, "")];
}

const PER_MINUTE = / (?:(?:per|pr|par|por|pro|je|al|a la) )?(?:min|mn|minute|minuto|minuta)$/;

const CENTS = new Set(["cent", "cents", "ct", "cts", "pence", "centimes", "centimos", "centavos"]);

const CURRENCY_WORDS: Readonly<Record<string, string>> = {
  usd: "USD",
  us: "USD",
  dollar: "USD",
  dollars: "USD",
  dolares: "USD",
  eur: "EUR",
  euro: "EUR",
  euros: "EUR",
  gbp: "GBP",
  pound: "GBP",
  pounds: "GBP",
  sterling: "GBP",
  chf: "CHF",
  cad: "CAD",
  aud: "AUD",
  brl: "BRL",
  reais: "BRL",
  mxn: "MXN",
  inr: "INR",
  pln: "PLN",
  sek: "SEK",
  nok: "NOK",
  dkk: "DKK",
  zar: "ZAR",
  jpy: "JPY",
};

const list = (...texts: string[]): ReadonlySet<string>[] =>
  texts.map((text) => new Set(text.split(",").map((word) => word.trim())));

/** For each column the names that mean it, the surest first: of several that are there, those of the first set count. */
const WORDS: Readonly<Record<DeckColumn, readonly ReadonlySet<string>[]>> = {
  prefix: list(
    `prefix, prefixes, dial prefix, dialing prefix, dialling prefix, dialed prefix, destination prefix, dst prefix, route prefix, match prefix,
     number prefix, destination prefixes, dialprefix, lrn prefix, prefixe, prefixes de destination, vorwahl, vorwahlen, prafix, praefix, rufnummernprafix, prefijo, prefijos,
     prefixo, prefixos, prefisso, prefissi`,
    `dial code, dial codes, dialcode, dialcodes, dialing code, dialling code, dialing codes, dialled digits, dialed digits, full code,
     destination code, dest code, destination codes, e164, e 164, e164 code, codes, code, digits, breakout code, indicatif, indicatifs,
     indicatif telephonique, kennzahl, rufnummernbereich, indicativo, indicativos, codigo, codigos, codigo de destino, codice,
     npanxx, npa nxx, number range, number ranges, ranges, breakouts`,
  ),
  "country-code": list(
    `country code, countrycode, country codes, cc, country dial code, country prefix, code pays, indicatif pays, indicatif du pays,
     landesvorwahl, landervorwahl, laendervorwahl, landerkennzahl, landeskennzahl, codigo de pais, codigo pais, codigo del pais,
     prefijo pais, codigo do pais, ddi, prefisso paese, prefisso internazionale`,
  ),
  "area-code": list(
    `area code, area codes, areacode, city code, city codes, region code, local code, area prefix, ac, code region, code zone,
     indicatif regional, ortsvorwahl, ortskennzahl, ortsnetzkennzahl, codigo de area, codigo area, codigos de area, codigo de ciudad,
     ddd, codigo da area, prefisso locale`,
  ),
  destination: list(
    `destination, destination name, dest, dest name, destinations, ziel, destino, destinazione, zielname, nom de destination,
     destination network`,
    `description, breakout, location, route, route name, zone, network, operator, name, region, beschreibung, bezeichnung, netz,
     descripcion, descricao, libelle, reseau, descrizione, zona`,
    `country, country name, land, zielland, pays, pais, paese`,
  ),
  rate: list(
    `rate, rates, price, prices, cost, rate cost, tariff, charge, rate price, new rate, new price, current rate, current price, sell rate, buy rate,
     per minute, per minute rate, per minute price, per minute cost, rate per minute, minute rate, minute price, call rate, call cost, voice rate, price 1, rate 1, price n, rate n, rateinitial, unit price, unit cost, amount,
     peak, off peak, offpeak, weekend, peak rate, off peak rate, weekend rate, interstate, intrastate, indeterminate, inter rate, interrate,
     intra rate, intrarate, ijrate, interstate rate, intrastate rate, inter, intra, ij rate, indeterminate rate, indeter rate,
     tarif, prix, cout, prix unitaire, prix minute, tarif minute, nouveau tarif, nouveau prix, tarif ht, prix ht,
     preis, minutenpreis, kosten, gebuhr, tarif netto, preis netto, nettopreis, neuer preis, minutentarif,
     tarifa, precio, costo, coste, precio minuto, nuevo precio, nueva tarifa, importe,
     preco, valor, custo, preco minuto, novo preco, valor minuto, tarifa minuto,
     prezzo, tariffa, costo al minuto`,
  ),
  "connection-fee": list(
    `connection fee, conn fee, conn charge, conn cost, connect fee, connection charge, connection cost, connection price, connection, connect charge, connectcharge, disconnectcharge,
     connectioncharge, connectionfee, connect cost, setup fee, set up fee, setup charge, setup, call setup fee, flag fall, flagfall, surcharge, rate surcharge, call fee,
     fee per call, per call fee, per call, price per call, initial cost, frais de connexion, cout de connexion, frais de mise en relation, prix de connexion,
     frais d etablissement, mise en relation, verbindungsentgelt, verbindungsgebuhr, verbindungspreis, verbindungsaufbau,
     einmalpreis, cargo de conexion, costo de conexion, coste de conexion, establecimiento, establecimiento de llamada, cuota de conexion,
     taxa de conexao, taxa de ligacao, custo de conexao, tarifa de conexao, scatto alla risposta, costo di connessione`,
  ),
  minimum: list(
    `minimum, rate minimum, min, min duration, minimum duration, minimum time, min time, minimum seconds, min seconds, min sec, minimum charge,
     min charge duration, minimal time, minimal time charge, initblock, initial increment, initial interval, first increment, first interval, interval 1, initial,
     initial period, initial time, initial time s, duration, initial billing, minimum billing, increment 1, init increment, duree minimum, duree minimale, minimum facture, premier palier,
     mindestdauer, mindesttakt, erster takt, takt 1, duracion minima, minimo, incremento inicial, tiempo minimo, tempo minimo,
     duracao minima, durata minima`,
  ),
  increment: list(
    `next increment, rate increment, recurring increment, recurring interval, subsequent increment, additional increment, next interval, subsequent interval, interval n, interval 2, subsequent,
     additional, add inc, add increment, next period, billingblock, resolution time, increment 2, step, steps, rounding, increment seconds, increment sec, palier suivant, paliers suivants,
     folgetakt, takt 2, zweiter takt, incremento adicional, incremento siguiente, incremento subsequente, incremento successivo`,
  ),
  billing: list(
    `billing increment, billing increments, increments, increment, billing, billing interval, billing intervals, billing terms, billing cycle,
     billing unit, billable unit, billable units, billable unit s, charging interval, charge interval, interval, intervals, min incr, min inc, min increment, minimum increment, pulse,
     cadence, palier, paliers, facturation, unite de facturation, takt, taktung, abrechnungstakt, taktfrequenz, incremento, incrementos,
     facturacion, cadencia, faturamento, tarificacion, scatti, fatturazione`,
  ),
  effective: list(
    `effective, effective date, effective from, effectivedate, eff date, valid from, validfrom, start date, start, from date, date from,
     active from, activation date, in force from, date effective, date d effet, date d application, date de debut, valable a partir du,
     gultig ab, gueltig ab, gultig von, gueltig von, wirksam ab, ab datum, datum, fecha efectiva, fecha de vigencia, vigencia, valido desde,
     fecha de inicio, vigente desde, data efetiva, data de vigencia, data de inicio, inicio de vigencia, valido a partir de,
     valido dal, data decorrenza, from, date`,
  ),
  ends: list(
    `end date, ends, end, valid to, valid until, validto, valid till, expiry, expiry date, expires, expiration date, date to, to date,
     effective to, effective until, until, to, discontinue date, date de fin, valable jusqu au, fin de validite, gultig bis, gueltig bis,
     enddatum, valido hasta, fecha de fin, fecha fin, vigente hasta, valido ate, data de termino, fim de vigencia, data final, valido al`,
  ),
  status: list(
    `status, state, code status, route status, rate status, availability, blocked, barred, forbidden, discontinued, reject calls, rejected, active, enabled, statut, etat, zustand, sperre,
     gesperrt, estado, situacao, stato`,
  ),
  currency: list(
    `currency, curr, ccy, currency code, devise, monnaie, wahrung, waehrung, moneda, divisa, moeda, valuta`,
  ),
};
