import { Router } from "express";
import { paths } from "../contract/paths.js";
import { docsPage } from "../docs-page.js";
import { allowPage } from "../headers.js";
import { openApi, type OpenApi } from "../openapi.js";

/** What the API is, for programs and for people. */
export function docsRoutes(): Router {
  let made: OpenApi | null = null;
  const document = (): OpenApi => (made ??= openApi());
  const router = Router();
  router.get(paths.openapi, (_request, response) => {
    response.json(document());
  });
  router.get(paths.docs, (_request, response) => {
    response.type("html").send(docsPage(document(), allowPage(response)));
  });
  return router;
}
