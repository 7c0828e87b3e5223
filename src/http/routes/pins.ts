import { Router } from "express";
import { paths, type PinRemovedJson, type PinSetJson, type PinsJson, SetPinSchema } from "../contract.js";
import { extension } from "../contract/fields.js";
import { callerOf, done, parsed } from "../parse.js";
import type { Services } from "../services.js";

/** PINs with which people lift a ban of their own address. */
export function pinRoutes({ pins }: Pick<Services, "pins">): Router {
  const router = Router();
  router.get(paths.pins, (_request, response) => {
    const found = pins.list().map(({ extension: name, setAtMs, setBy, usedAtMs }) => ({
      extension: name,
      setAt: new Date(setAtMs).toISOString(),
      setBy,
      lastUsedAt: usedAtMs === null ? null : new Date(usedAtMs).toISOString(),
    }));
    response.json({ pins: found } satisfies PinsJson);
  });
  router.put("/api/v1/extensions/:name/pin", async (request, response) => {
    const name = parsed(extension, request.params.name);
    const { pin: wish = null } = parsed(SetPinSchema, request.body);
    const { pin, stored } = done(await pins.set(name, wish, callerOf(request)));
    const setAt = new Date(stored.setAtMs).toISOString();
    response.json({ extension: name, pin, setAt } satisfies PinSetJson);
  });
  router.delete("/api/v1/extensions/:name/pin", (request, response) => {
    const name = parsed(extension, request.params.name);
    response.json(done(pins.remove(name, callerOf(request))) satisfies PinRemovedJson);
  });
  return router;
}
