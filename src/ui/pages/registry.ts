import {
  IconBan,
  IconHistory,
  IconKeyboard,
  IconLayoutDashboard,
  IconPhoneCall,
  IconRadar2,
  IconSettings,
  type Icon,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { pageNames, type shell } from "../texts/common.js";

export interface PageEntry {
  /** The route below `/`, such as `bans` or `bans/:target?`; the menu leads to its first part. */
  readonly path: string;
  /** Left out: a page that one reaches from others only. */
  readonly nav?: { readonly label: string; readonly icon: Icon; readonly group: keyof typeof shell.groups };
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

/** All pages, in the order of the menu. Each is loaded when it is first opened. */
export const pages: readonly PageEntry[] = [
  {
    path: "overview",
    nav: { label: pageNames.overview, icon: IconLayoutDashboard, group: "top" },
    load: () => import("./overview/Page.js"),
  },
  {
    path: "bans/:target?",
    nav: { label: pageNames.bans, icon: IconBan, group: "intrusion" },
    load: () => import("./bans/Page.js"),
  },
  {
    path: "detection",
    nav: { label: pageNames.detection, icon: IconRadar2, group: "intrusion" },
    load: () => import("./detection/Page.js"),
  },
  {
    path: "audit",
    nav: { label: pageNames.audit, icon: IconHistory, group: "system" },
    load: () => import("./audit/Page.js"),
  },
  {
    path: "settings/:tab?",
    nav: { label: pageNames.settings, icon: IconSettings, group: "system" },
    load: () => import("./settings/Page.js"),
  },
  {
    path: "calls",
    nav: { label: pageNames.calls, icon: IconPhoneCall, group: "calls" },
    load: () => import("./calls/Page.js"),
  },
  {
    path: "try",
    nav: { label: pageNames.try, icon: IconKeyboard, group: "calls" },
    load: () => import("./try/Page.js"),
  },
];
