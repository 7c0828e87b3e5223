import { counted } from "../parts/format.js";

export const listTexts = {
  title: "Allow-lists",
  sub: "From which addresses phones may register. A phone elsewhere is refused, whatever its password.",
  whose: "Whose list",
  formats:
    "One address 195.168.1.1, a range 195.168.1.1-195.168.1.100, or a network 195.168.1.0/24 or 195.168.1.0/255.255.255.0; IPv6 alike.",
  on: "The list is on: only these addresses may register",
  off: "The list is off: phones may register from everywhere",
  entry: "Address, range or network",
  note: "Note",
  until: "Until",
  addRow: "Add an entry",
  removeRow: (entry: string) => `Remove ${entry === "" ? "the empty entry" : entry}`,
  nobody: "Nobody will be able to register, not even you.",
  nobodyText: "The list would be on and empty. Phones that are registered lose their registration.",
  nobodyGo: "Let nobody register",
  out: (count: number) =>
    `${counted(count, "phone")} would lose ${count === 1 ? "its" : "their"} registration`,
  nobodyOut: "No phone would lose its registration.",
  outGo: "Throw them out",
  you: (address: string) =>
    `Your own address ${address} is not on the list: a phone beside you could not register.`,
  youListed: (address: string) => `Your own address ${address} is on the list.`,
  previewTitle: "Who is thrown out",
  refusedTitle: "Refused lately",
  refusedNone: "Nobody was refused by a list lately.",
  addThis: "Add this address",
  addThisOf: (address: string) => `Add this address: ${address}`,
  addMine: (address: string) => `Add my own address ${address}`,
  andMore: (count: number) => `and ${count} more`,
  agent: (name: string) => `calls itself ${name}`,
  noAgent: "did not say what it is",
  like: {
    "its-phone": "looks like its own phone",
    "another-device": "looks like another device",
    untold: "unknown device",
  },
  likeText: {
    "its-phone": "It calls itself as a phone that was registered as this extension: probably one that moved.",
    "another-device":
      "No phone that was registered as this extension called itself so. Anybody may call himself anything.",
    untold: "Nothing tells what it is: the mirror of SIP (HEP) is off, or it said nothing.",
  },
  tries: (count: number) => counted(count, "try", "tries"),
  undo: "Undo the last change",
  undone: "The list before is back.",
  inherit: "Use everyone's again",
  inherited: "This extension has no list of its own: everyone's holds. The first change gives it its own.",
  saved: "Saved. The list holds at once.",
  ended: "over",
  unsaved: "Not saved yet",
} as const;
