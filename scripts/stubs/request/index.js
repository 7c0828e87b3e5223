"use strict";

// ari-client asks once, with `request(url, callback)`, whether the host can be reached, before it loads the API's
// description. It looks at nothing but the error's `code`: ECONNREFUSED, ENOTFOUND and ETIMEDOUT mean that it can't.
// Any answer at all, also 401, means that it can.
const http = require("node:http");
const https = require("node:https");

const DEADLINE_MS = 5000;

module.exports = function request(url, callback) {
  const { get } = String(url).startsWith("https:") ? https : http;
  const outgoing = get(url, { timeout: DEADLINE_MS }, (response) => {
    // A body that nobody reads would keep the connection busy.
    response.resume();
    outgoing.removeListener("error", callback);
    outgoing.on("error", () => response.destroy());
    callback(null, response);
  });
  outgoing.on("error", callback);
  outgoing.on("timeout", () =>
    outgoing.destroy(
      Object.assign(new Error(`no answer from ${url} in ${DEADLINE_MS} ms`), { code: "ETIMEDOUT" }),
    ),
  );
};
