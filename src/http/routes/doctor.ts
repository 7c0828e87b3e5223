import { Router } from "express";
import { type DoctorJson, paths } from "../contract.js";
import type { Services } from "../services.js";

/** What is wrong with the installation, and what to do about it. */
export function doctorRoutes({ doctor }: Pick<Services, "doctor">): Router {
  const router = Router();
  router.get(paths.doctor, async (_request, response) => {
    response.json((await doctor()) satisfies DoctorJson);
  });
  return router;
}
