import {
  IconBan,
  IconDeviceLandlinePhone,
  IconHistory,
  IconKeyboard,
  IconLayoutDashboard,
  IconListCheck,
  IconPhoneCall,
  IconRadar2,
  IconReceipt,
  IconSettings,
  IconWorld,
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

/** All pages, in the order of the menu. Each is loaded when it is first opened, or by `loadPages`. */
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
  {
    path: "areas",
    nav: { label: pageNames.areas, icon: IconWorld, group: "calls" },
    load: () => import("./areas/Page.js"),
  },
  {
    path: "rates",
    nav: { label: pageNames.rates, icon: IconReceipt, group: "calls" },
    load: () => import("./rates/Page.js"),
  },
  {
    path: "extensions",
    nav: { label: pageNames.extensions, icon: IconDeviceLandlinePhone, group: "phones" },
    load: () => import("./extensions/Page.js"),
  },
  { path: "extensions/:name", load: () => import("./extensions/One.js") },
  {
    path: "allow-lists",
    nav: { label: pageNames.allowLists, icon: IconListCheck, group: "phones" },
    load: () => import("./allow-lists/Page.js"),
  },
];

/** The code of a page did not come: the daemon is stopped, or was just put in the place of another edition. */
export class PageUnreachable extends Error {
  override readonly name = "PageUnreachable";
}

/** Loads the page, or throws PageUnreachable. */
export async function loadPage({ load }: PageEntry): Promise<ComponentType> {
  try {
    return (await load()).default;
  } catch (cause) {
    throw new PageUnreachable("the page could not be loaded", { cause });
  }
}

/** Loads all pages ahead of being opened, one after the other: the menu leads on while the daemon is down. */
export async function loadPages(): Promise<void> {
  for (const page of pages) {
    // What fails here is asked for again, and told, once the page is opened.
    await loadPage(page).catch(() => undefined);
  }
}
