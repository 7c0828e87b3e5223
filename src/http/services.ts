import type { Source, Target } from "../domain/address.js";
import type { Refusals } from "../domain/calling/refusals.js";
import type { CallRequest, Verdict } from "../domain/calling/verdict.js";
import type { SessionBook } from "../guard/access/sessions.js";
import type { TokenBook } from "../guard/access/tokens.js";
import type { UserBook } from "../guard/access/users.js";
import type { AllowListBook } from "../guard/allow-lists.js";
import type { AreaChanges } from "../guard/area-edits.js";
import type { AreaEffect } from "../guard/area-effect.js";
import type { Diagnosis } from "../guard/doctor.js";
import type { Explanation } from "../guard/explain.js";
import type { Extensions } from "../guard/extensions.js";
import type { Notifications } from "../guard/notifications.js";
import type { Pins } from "../guard/pins.js";
import type { PolicyFile } from "../guard/policy-file.js";
import type { PortalAnswer, PortalView } from "../guard/portal.js";
import type {
  AuditEntry,
  AuditFilter,
  CallFilter,
  CallLogEntry,
  Clock,
  NetworkPlace,
} from "../guard/ports.js";
import type { Prices } from "../guard/prices.js";
import type { Trial } from "../guard/try-number.js";
import type { CallsCsvPage } from "./calls-csv.js";
import type { RateService, RuleService, SpendService } from "./services/calling.js";
import type { Awaitable, Refused } from "./services/refused.js";
import type {
  BanService,
  BlockService,
  ImportService,
  LockService,
  ProposalService,
  ShadowService,
} from "./services/shutting-out.js";
import type { Happenings, Overview, OverviewHours, Status } from "./services/state.js";

export type * from "./services/refused.js";
export type * from "./services/state.js";
export type * from "./services/shutting-out.js";
export type * from "./services/calling.js";

/** What the API needs from the guards; the composition root puts them in. `by` is who asked, for the audit. */
export interface Services {
  /** How refused calls end by the configuration file, behind the rules. */
  readonly fileRefusals: Refusals;
  readonly clock: Clock;
  status(): Awaitable<Status>;
  overview(hours: OverviewHours): Awaitable<Overview>;
  /** Null where nothing is known. */
  placeOf(target: Target): NetworkPlace | null;
  doctor(): Awaitable<Diagnosis>;
  readonly bans: BanService;
  readonly blocks: BlockService;
  readonly locks: LockService;
  readonly proposals: ProposalService;
  readonly imports: ImportService;
  readonly audit: { list(filter: AuditFilter): Awaitable<readonly AuditEntry[]> };
  /** Null where neither an address nor an extension of that name is known. */
  why(target: string): Awaitable<Explanation | null>;
  calls(filter: CallFilter): Awaitable<readonly CallLogEntry[]>;
  /** The same as rows of CSV, without the titles. */
  callsCsv(filter: CallFilter): Awaitable<CallsCsvPage>;
  /** By the code of the live path, and without a call. */
  judge(request: CallRequest): Verdict;
  readonly rates: RateService;
  readonly rules: RuleService;
  readonly spend: SpendService;
  readonly extensions: Pick<Extensions, "list" | "show">;
  readonly prices: Pick<Prices, "tree" | "search" | "histogram">;
  /** The verdict with its derivation, by the code of the live path and without a call. */
  tryNumber(request: CallRequest): Trial;
  /** What changes of areas would have made of the calls of the last 28 days; nothing is stored. */
  areaEffect(changes: AreaChanges, extension: string | null): Promise<AreaEffect | Refused>;
  readonly allowLists: AllowListService;
  readonly policyFile: Pick<PolicyFile, "tree" | "export" | "import" | "undo" | "undoChange">;
  readonly shadow: ShadowService;
  readonly happenings: Happenings;
  readonly pins: PinService;
  readonly portal: PortalService;
  readonly notifications: NotificationService;
  readonly access: AccessServices;
  /** Writes a consistent copy of the database to `file`, which must not be there. */
  backup(file: string): Promise<void>;
}

/** Who may use this API over TCP. */
export interface AccessServices {
  readonly users: UserBook;
  readonly sessions: SessionBook;
  readonly tokens: TokenBook;
  /** Somebody failed to sign in. @param user null: there is nobody of the name, which may be a password in the wrong field */
  failed(attempt: {
    readonly source: Source;
    readonly user: string | null;
    readonly secure: boolean;
    readonly port: number | null;
  }): void;
  signedIn(who: { readonly source: Source; readonly user: string }): void;
}

/** Whom people are told what through, and how that went. */
export type NotificationService = Pick<Notifications, "state" | "set" | "test">;

/** What the person at an address may see and do. */
export interface PortalService {
  look(source: Source, hasShownPin?: boolean): Awaitable<PortalView>;
  tell(source: Source, extension: string, pin: string): Awaitable<PortalAnswer>;
  letIn(source: Source, extension: string, pin: string): Awaitable<PortalAnswer>;
}

/** PINs of the portal. */
export type PinService = Pick<Pins, "list" | "set" | "remove">;

/** From where phones may register; `extension` null: the global list. */
export type AllowListService = Pick<
  AllowListBook,
  "show" | "refused" | "set" | "turn" | "add" | "remove" | "inherit" | "undo" | "setRunningCalls" | "preview"
>;
