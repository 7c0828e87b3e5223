import { appendFileSync, chownSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { addresses } from "./addresses.js";
import { allowLists, listed, listsUp, NOBODYS, other } from "./allow-lists.js";
import { daemon, eventually } from "./daemon.js";
import {
  execIn,
  labDown,
  restartAsterisk,
  runFolder,
  spawnIn,
  startAsterisk,
  stopAsterisk,
  type AsteriskVersion,
} from "./lab.js";

/** Lists for phones that are not plain PJSIP endpoints on UDP, TCP or TLS: browsers over WebSocket, endpoints in a realtime database,
 *  peers of chan_sip (Asterisk 16 alone has it). */
const versions: AsteriskVersion[] = ["22", "16"];

describe.each(versions)("allow-lists elsewhere on Asterisk %s", (version) => {
  const run = runFolder(version);
  const lists = allowLists(version);
  const database = `${run}/lib/realtime.db`;

  beforeAll(async () => {
    await listsUp(version, { before: prepare });
    await eventually("Asterisk has a list for each", () => lists.editions() > 1);
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  async function prepare(): Promise<void> {
    const edit = (file: string, change: (text: string) => string): void =>
      writeFileSync(`${run}/etc/${file}`, change(readFileSync(`${run}/etc/${file}`, "utf8")));
    edit("http.conf", (text) => text.replace("bindaddr=127.0.0.1", "bindaddr=0.0.0.0"));
    edit("pjsip.conf", (text) =>
      text.replace("[tls]\n", "[ws]\ntype=transport\nprotocol=ws\nbind=0.0.0.0\n\n[tls]\n"),
    );
    const modules = ["res_pjsip_transport_websocket", "res_config_sqlite3", "res_sorcery_realtime"];
    if (version === "16") modules.push("chan_sip");
    appendFileSync(`${run}/etc/modules.conf`, modules.map((module) => `load=${module}.so\n`).join(""));
    makeRealtime();
    if (version === "16") {
      writeFileSync(
        `${run}/etc/sip.conf`,
        "[general]\nudpbindaddr=0.0.0.0:5070\nalwaysauthreject=yes\n" +
          // Or chan_sip takes the browsers' REGISTERs for its own.
          "websocket_enabled=no\n\n" +
          "[200]\ntype=friend\nhost=dynamic\nsecret=secret-200\ncontext=from-internal\nacl=ringfence_200\n",
      );
    }
    await restartAsterisk(version);
    const config = `${run}/ringfence.yaml`;
    await daemon.start(version);
    await daemon.stop(version);
    writeFileSync(
      config,
      readFileSync(config, "utf8").replace("configDir:", "listForEach: true, configDir:"),
    );
  }

  /** Endpoint 300 and what belongs to it in an SQLite database that Asterisk asks; its `acl` is what an admin writes once. */
  function makeRealtime(): void {
    const db = new Database(database);
    db.exec(`
      CREATE TABLE ps_endpoints (id TEXT PRIMARY KEY, aors TEXT, auth TEXT, context TEXT, disallow TEXT, allow TEXT, acl TEXT);
      CREATE TABLE ps_auths (id TEXT PRIMARY KEY, auth_type TEXT, username TEXT, password TEXT);
      CREATE TABLE ps_aors (id TEXT PRIMARY KEY, max_contacts INTEGER);
      INSERT INTO ps_auths VALUES ('300', 'userpass', '300', 'secret-300');
      INSERT INTO ps_aors VALUES ('300', 5);
      INSERT INTO ps_endpoints VALUES ('300', '300', '300', 'from-internal', 'all', 'ulaw', 'ringfence_300');
    `);
    db.close();
    const { uid, gid } = statSync(`${run}/lib`);
    chownSync(database, uid, gid);
    writeFileSync(`${run}/etc/res_config_sqlite3.conf`, "[lab]\ndbfile => /var/lib/asterisk/realtime.db\n");
    writeFileSync(
      `${run}/etc/extconfig.conf`,
      "[settings]\nps_endpoints => sqlite3,lab\nps_auths => sqlite3,lab\nps_aors => sqlite3,lab\n",
    );
    const both = ["endpoint", "auth", "aor"].flatMap((type) => [
      `${type}=config,pjsip.conf,criteria=type=${type}`,
      `${type}=realtime,ps_${type}s`,
    ]);
    writeFileSync(`${run}/etc/sorcery.conf`, `[res_pjsip]\n${both.join("\n")}\n`);
  }

  const { change, gone, isRegistered, seenPhone, show } = lists;

  describe("a browser over WebSocket", () => {
    const script = join(__dirname, "ws-register.mjs");
    const argv = (from: string) => [process.execPath, script, from, addresses.pbx, "105", "secret-105"];
    const registers = async (from: string) =>
      (await execIn(version, "phones", argv(from))).stdout.includes("SIP/2.0 200");

    test("is let in from the list alone, and loses its registration", async () => {
      // A registration goes with its connection, so this one stays connected.
      const browser = spawnIn(version, "phones", argv(listed), { env: { ...process.env, STAY: "1" } });
      let said = "";
      browser.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
      browser.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
      const ended = new Promise((done) => browser.once("close", done));
      try {
        await eventually("it is registered", () => isRegistered("105")).catch((error: unknown) => {
          throw new Error(`${String(error)}\n${said}`);
        });
        const phone = await seenPhone("105");
        // Its Via and Contact say `df7jal23ls0d.invalid`.
        expect(phone).toMatchObject({ address: listed, userAgent: "a browser" });
        await change("set", "105", listed);
        expect(await isRegistered("105")).toBe(true);
        expect(await registers(other)).toBe(false);
        await change("set", "105", other);
        await gone("105");
        expect(await registers(listed)).toBe(false);
        expect(await registers(other)).toBe(true);
      } finally {
        browser.kill("SIGKILL");
        await ended;
      }
    }, 90_000);
  });

  describe("an endpoint in a realtime database, whose acl names its list", () => {
    const registers = (from: string) => lists.registers("300", from);

    test("is open before it has a list, held to the list, thrown out, and open when it is off", async () => {
      expect(await registers(other)).toBe(true);
      await change("set", "300", listed);
      await gone("300");
      expect(await registers(other)).toBe(false);
      expect(await registers(listed)).toBe(true);
      expect((await show("300")).warnings).toEqual([]);
      await change("set", "300", other);
      await gone("300");
      expect(await registers(listed)).toBe(false);
      await change("off", "300");
      expect(await registers(listed)).toBe(true);
    }, 90_000);

    test("holds with the daemon away, after a restart of Asterisk", async () => {
      await change("set", "300", listed);
      await daemon.stop(version);
      await restartAsterisk(version);
      expect(await registers(other)).toBe(false);
      expect(await registers(listed)).toBe(true);
      await daemon.start(version);
    }, 120_000);

    test("whose acl names none is told: its list is not in force", async () => {
      // Asterisk holds the file for as long as it runs.
      await stopAsterisk(version);
      const db = new Database(database);
      db.exec("UPDATE ps_endpoints SET acl = NULL WHERE id = '300'");
      db.close();
      await startAsterisk(version);
      await change("set", "300", NOBODYS);
      const told = await eventually("it is told", async () => (await show("300")).warnings[0]);
      expect(told).toContain("write ringfence_300 into its column acl");
    }, 90_000);
  });

  if (version === "16") {
    describe("a peer of chan_sip, whose acl names its list", () => {
      const registers = async (from: string) => {
        const scenario = join(__dirname, "sipp", "register.xml");
        const argv = ["sipp", "-nostdin", "-sf", scenario, "-i", from, "-s", "200", "-ap", "secret-200"];
        const limits = ["-m", "1", "-timeout", "6", "-recv_timeout", "2000"];
        const host = ["bash", "-c", '"$@" >/dev/null 2>&1; echo "ended $?"', "sipp"];
        const told = await execIn(version, "phones", [...host, ...argv, ...limits, `${addresses.pbx}:5070`]);
        return told.stdout.includes("ended 0");
      };

      test("is held to its own list; one that is off lets everybody in", async () => {
        // chan_sip reads its peers again a moment after the lists.
        const soon = (from: string) => eventually(`${from} registers`, () => registers(from), 30_000);
        await change("set", "200", listed);
        await soon(listed);
        expect(await registers(other)).toBe(false);
        await change("set", "200", other);
        await soon(other);
        expect(await registers(listed)).toBe(false);
        await change("off", "200");
        await soon(listed);
      }, 90_000);
    });
  }
});
