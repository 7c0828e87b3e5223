import { type DialplanStep, routesOf } from "../../../src/domain/calling/routes.js";

const CHECK = "ringfence,check,1(${EXTEN})";
const isTrunk = (endpoint: string): boolean => ["carrier", "wholesale"].includes(endpoint);

/** An extension of `application(data)` lines. */
function extension(name: string, ...lines: string[]): DialplanStep[] {
  return lines.map((line, index) => {
    const [, application = "", data = ""] = /^(\w+)\((.*)\)$/s.exec(line) ?? [];
    return { context: "out", extension: name, priority: index + 1, application, data };
  });
}

test.each<[string, string[], (readonly [string | null, string])[]]>([
  [
    "a guarded route",
    [`Gosub(${CHECK})`, "Dial(PJSIP/${RINGFENCE_DIGITS}@carrier,30)"],
    [["carrier", "guarded"]],
  ],
  [
    "a named trunk",
    ["Gosub(ringfence,trunk,1(carrier,${EXTEN}))", "Dial(PJSIP/${RINGFENCE_DIGITS}@carrier)"],
    [["carrier", "guarded"]],
  ],
  [
    "a conditional check",
    [`GosubIf($["\${X}" = "1"]?${CHECK})`, "Dial(PJSIP/${RINGFENCE_DIGITS}@carrier)"],
    [["carrier", "guarded"]],
  ],
  ["no check", ["Dial(PJSIP/${EXTEN}@carrier)"], [["carrier", "unguarded"]]],
  [
    "a check that comes too late",
    ["Dial(PJSIP/${EXTEN}@carrier)", `Gosub(${CHECK})`],
    [["carrier", "unguarded"]],
  ],
  [
    "another subroutine",
    ["Gosub(sub-record,s,1(ringfence))", "Dial(PJSIP/1@carrier)"],
    [["carrier", "unguarded"]],
  ],
  [
    "what the caller wrote",
    [`Gosub(${CHECK})`, "Dial(PJSIP/${EXTEN}@carrier)"],
    [["carrier", "dials-other"]],
  ],
  ["a part of it", [`Gosub(${CHECK})`, "Dial(PJSIP/${EXTEN:1}@carrier)"], [["carrier", "dials-other"]]],
  [
    "two trunks at once",
    [`Gosub(${CHECK})`, "Dial(PJSIP/${RINGFENCE_DIGITS}@carrier&PJSIP/1@wholesale,30,tT)"],
    [
      ["carrier", "guarded"],
      ["wholesale", "guarded"],
    ],
  ],
  ["a SIP URI", ["Dial(PJSIP/carrier/sip:${EXTEN}@192.0.2.20)"], [["carrier", "unguarded"]]],
  [
    "a SIP URI with a port",
    ["Dial(PJSIP/carrier/sip:${EXTEN}@sbc.example.com:5060,30)"],
    [["carrier", "unguarded"]],
  ],
  [
    "a SIP URI, checked",
    [`Gosub(${CHECK})`, "Dial(PJSIP/carrier/sip:${RINGFENCE_DIGITS}@192.0.2.20)"],
    [["carrier", "guarded"]],
  ],
  ["a SIP URI of a variable trunk", ["Dial(PJSIP/${OUT}/sip:${EXTEN}@192.0.2.20)"], [[null, "unclear"]]],
  ["one phone of an extension", ["Dial(PJSIP/100/sip:100@198.51.100.7:5060)"], []],
  ["all phones of an extension", ["Dial(${PJSIP_DIAL_CONTACTS(${EXTEN})},30)"], []],
  ["all contacts of a trunk", ["Dial(${PJSIP_DIAL_CONTACTS(carrier)},30)"], [["carrier", "unguarded"]]],
  ["a condition", ["ExecIf($[1]?Dial(PJSIP/${EXTEN}@carrier,30))"], [["carrier", "unguarded"]]],
  [
    "a condition with two ways out",
    ['ExecIf($["${A:0:1}" = "1"]?Dial(PJSIP/1@carrier,30):Dial(PJSIP/1@wholesale))'],
    [
      ["carrier", "unguarded"],
      ["wholesale", "unguarded"],
    ],
  ],
  [
    "a check and a call on conditions",
    [`ExecIf($[\${X}]?Gosub(${CHECK}))`, "ExecIf($[1]?Dial(PJSIP/${RINGFENCE_DIGITS}@carrier))"],
    [["carrier", "guarded"]],
  ],
  ["an application that is tried", ["TryExec(Dial(PJSIP/${EXTEN}@carrier))"], [["carrier", "unguarded"]]],
  ["one within another", ["TryExec(ExecIf($[1]?Exec(Dial(PJSIP/1@carrier))))"], [["carrier", "unguarded"]]],
  [
    "a call tried again",
    ["RetryDial(sorry,5,3,PJSIP/1@carrier&PJSIP/2@wholesale,30)"],
    [
      ["carrier", "unguarded"],
      ["wholesale", "unguarded"],
    ],
  ],
  ["paging", ["Page(PJSIP/100&PJSIP/1@carrier,d,5)"], [["carrier", "unguarded"]]],
  [
    "a call that the dialplan places",
    ["Originate(PJSIP/1@carrier,exten,out,s,1)"],
    [["carrier", "unguarded"]],
  ],
  ["conditions that dial nobody", ["ExecIf($[1]?Set(A=PJSIP/1@carrier):NoOp)", "TryExec()", "ExecIf()"], []],
  ["a name and its secret", ["Dial(IAX2/me:secret@carrier/${EXTEN}@in)"], [["carrier", "unguarded"]]],
  ["the trunk ahead of the number", ["Dial(SIP/carrier/${EXTEN},30)"], [["carrier", "unguarded"]]],
  ["IAX2", ["Dial(IAX2/carrier/${EXTEN})"], [["carrier", "unguarded"]]],
  ["a line of the telephone company", ["Dial(DAHDI/g0/${EXTEN})"], [["DAHDI/g0", "unguarded"]]],
  ["an extension", ["Dial(PJSIP/${EXTEN},30)"], []],
  ["two extensions", ["Dial(PJSIP/100&PJSIP/101)"], []],
  ["a local channel", ["Dial(Local/${EXTEN}@out)"], []],
  ["a variable trunk", ["Dial(PJSIP/${EXTEN}@${TRUNK})"], [[null, "unclear"]]],
  [
    "a variable trunk, checked",
    [`Gosub(${CHECK})`, "Dial(PJSIP/${RINGFENCE_DIGITS}@${TRUNK})"],
    [[null, "guarded"]],
  ],
  ["a variable", ["Dial(${OUT_${DIAL_TRUNK}}/${OUTNUM},300)"], [[null, "unclear"]]],
  ["commas within a function", ["Dial(PJSIP/${CUT(EXTEN,&,1)}@carrier,30)"], [["carrier", "unguarded"]]],
  ["other applications", ["Answer()", "Queue(out,,,,20)"], []],
  ["nothing", ["Dial()"], []],
])("%s", (_, lines, found) => {
  const routes = routesOf(extension("_X.", ...lines), isTrunk);
  expect(routes.map(({ trunk, state }) => [trunk, state])).toEqual(found);
});

test("a SIP URI at a trunk's own name is its trunk's", () => {
  const [route] = routesOf(extension("_X.", "Dial(PJSIP/carrier/sip:1@carrier)"), isTrunk);
  expect(route).toMatchObject({ trunk: "carrier", extension: "_X.", context: "out", priority: 1 });
});

test("a check in one extension is none for another, and Ringfence's own contexts are left out", () => {
  const steps = [
    ...extension("_1.", `Gosub(${CHECK})`),
    ...extension("_2.", "Dial(PJSIP/1@carrier)"),
    { context: "ringfence", extension: "check", priority: 1, application: "Dial", data: "PJSIP/1@carrier" },
  ];
  expect(routesOf(steps, isTrunk)).toMatchObject([{ extension: "_2.", state: "unguarded" }]);
});

test.each<[string, string, string]>([
  ["a subroutine", "Gosub(hook,s,1)", "guarded"],
  ["a subroutine with arguments", "Gosub(hook,s,1(${EXTEN},1))", "guarded"],
  ["a subroutine of the same context", "Gosub(local,1)", "guarded"],
  ["a subroutine on a condition", 'GosubIf($["${A}" = "1"]?hook,s,1:other,s,1)', "guarded"],
  ["a macro", "Macro(hook)", "guarded"],
  ["a macro with arguments", "Macro(hook,${EXTEN})", "guarded"],
  ["a subroutine of a subroutine", "Gosub(outer,s,1)", "guarded"],
  ["one that makes none", "Gosub(other,s,1)", "unguarded"],
  ["one that is not there", "Gosub(gone,s,1)", "unguarded"],
  ["a label of its own", "Gosub(later)", "unguarded"],
  ["one that calls itself", "Gosub(endless,s,1)", "unguarded"],
  ["a jump, which does not come back", "Goto(hook,s,1)", "unguarded"],
])("a check made by %s", (_, line, state) => {
  const at = (context: string, name: string, ...lines: string[]) =>
    extension(name, ...lines).map((step) => ({ ...step, context }));
  const steps = [
    ...extension("_X.", line, "Dial(PJSIP/1@carrier)"),
    ...extension("local", `Gosub(${CHECK})`),
    ...at("hook", "s", `Gosub(${CHECK})`),
    ...at("macro-hook", "s", "NoOp()", `Gosub(${CHECK})`),
    ...at("outer", "s", "Gosub(hook,s,1)"),
    ...at("other", "s", "Return()"),
    ...at("endless", "s", "Gosub(endless,s,1)"),
  ];
  expect(routesOf(steps, isTrunk)).toMatchObject([{ trunk: "carrier", state }]);
});
