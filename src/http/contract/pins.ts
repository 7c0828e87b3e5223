import { z } from "zod";

/** The PIN with which the person behind an extension lifts a ban of their own address; the PIN itself is stored nowhere. */
export const PinSchema = z.object({
  extension: z.string(),
  setAt: z.string(),
  setBy: z.string(),
  /** Null: never used. */
  lastUsedAt: z.string().nullable(),
});
export const PinsSchema = z.object({ pins: z.array(PinSchema) });

/** Left out: one of eight digits is made. */
export const SetPinSchema = z.strictObject({
  pin: z
    .string()
    .regex(/^[0-9]{6,12}$/, "6 to 12 digits")
    .optional(),
});
/** The only answer that ever holds the PIN. */
export const PinSetSchema = z.object({ extension: z.string(), pin: z.string(), setAt: z.string() });
/** Of a PIN taken away. */
export const PinRemovedSchema = z.object({ removed: z.string() });

export type PinJson = z.infer<typeof PinSchema>;
export type PinsJson = z.infer<typeof PinsSchema>;
export type SetPinJson = z.infer<typeof SetPinSchema>;
export type PinSetJson = z.infer<typeof PinSetSchema>;
export type PinRemovedJson = z.infer<typeof PinRemovedSchema>;
