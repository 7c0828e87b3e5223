import { RingfenceError } from "../../src/domain/error.js";
import { diagnose, EDITION, type DoctorParts } from "../../src/guard/doctor.js";

const step = (context: string, extension: string, application = "Return", data = "", priority = 1) => ({
  context,
  extension,
  priority,
  application,
  data,
});
const installed = [step("ringfence", "check"), step("ringfence-edition", `${EDITION}`)];
const guarded = [
  step("out", "_X.", "Gosub", "ringfence,check,1(${EXTEN})"),
  step("out", "_X.", "Dial", "PJSIP/${RINGFENCE_DIGITS}@carrier", 2),
];

function parts(of: Partial<DoctorParts["inspection"]> = {}): DoctorParts {
  return {
    status: () =>
      Promise.resolve({ guards: [{ name: "calls", up: true, vital: true, detail: "ok" }], warnings: [] }),
    inspection: {
      actions: () => Promise.resolve(new Set(["dbput", "showdialplan"])),
      dialplan: () => Promise.resolve([...installed, ...guarded]),
      webManager: () => Promise.resolve(false),
      ...of,
    },
    isTrunk: (endpoint) => endpoint === "carrier",
    notEnforced: () => new Map(),
  };
}

const findings = async (of: DoctorParts) =>
  (await diagnose(of)).checks
    .filter(({ state }) => state !== "ok")
    .map(({ name, state }) => `${name} ${state}`);

test("nothing is found where all is well", async () => {
  const { checks, routes } = await diagnose(parts());
  expect(checks.map(({ state }) => state)).toEqual(checks.map(() => "ok"));
  expect(routes).toMatchObject([{ state: "guarded", trunk: "carrier" }]);
});

test.each<[string, Partial<DoctorParts["inspection"]>, string[]]>([
  [
    "a route without a check",
    { dialplan: () => Promise.resolve([...installed, step("out", "_X.", "Dial", "PJSIP/${EXTEN}@carrier")]) },
    ["routes fault"],
  ],
  [
    "a route that dials what the caller wrote",
    {
      dialplan: () =>
        Promise.resolve([...installed, guarded[0]!, step("out", "_X.", "Dial", "PJSIP/${EXTEN}@carrier", 2)]),
    },
    ["routes fault"],
  ],
  [
    "a route by a variable",
    { dialplan: () => Promise.resolve([...installed, step("out", "_X.", "Dial", "${OUT}/${EXTEN}")]) },
    ["routes warning"],
  ],
  ["no route at all", { dialplan: () => Promise.resolve(installed) }, ["routes warning"]],
  ["no subroutine", { dialplan: () => Promise.resolve(guarded) }, ["dialplan fault"]],
  [
    "an old subroutine",
    { dialplan: () => Promise.resolve([step("ringfence", "check"), ...guarded]) },
    ["dialplan warning"],
  ],
  [
    "an AMI user that may originate",
    { actions: () => Promise.resolve(new Set(["dbput", "originate"])) },
    ["rights warning"],
  ],
  [
    "a manager that is served over HTTP",
    { webManager: () => Promise.resolve(true) },
    ["web-manager warning"],
  ],
  [
    "no right to see the dialplan",
    { dialplan: () => Promise.reject(new RingfenceError("asterisk-refused", "Permission denied")) },
    ["dialplan warning"],
  ],
])("%s is found", async (_, of, found) => {
  expect(await findings(parts(of))).toEqual(found);
});

test("what is down is found, a vital guard as a fault, and every finding but the setup's says what to do", async () => {
  const guards = [
    { name: "events", up: false, vital: true, detail: "not connected" },
    { name: "prices", up: false, vital: false, detail: "no rate deck" },
  ];
  const status = () => Promise.resolve({ guards, warnings: ["No area is open."] });
  const notEnforced = () => new Map([["104", "it comes from the wizard"]]);
  const { checks } = await diagnose({ ...parts(), status, notEnforced });
  const found = checks.filter(({ state }) => state !== "ok");
  expect(found.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "events fault",
    "prices warning",
    "setup warning",
    "lists fault",
  ]);
  for (const { name, advice } of found) expect(advice === null).toBe(name === "setup");
});

test("an Asterisk that does not answer is said, and nothing is thrown", async () => {
  const away = () => Promise.reject(new RingfenceError("asterisk-unreachable", "no AMI connection"));
  const { checks, routes } = await diagnose(parts({ actions: away, dialplan: away, webManager: away }));
  expect(checks.filter(({ state }) => state === "warning").map(({ name }) => name)).toEqual([
    "rights",
    "web-manager",
    "dialplan",
  ]);
  expect(routes).toEqual([]);
});
