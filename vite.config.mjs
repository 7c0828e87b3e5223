import { defineConfig } from "vite";

/** The web UI, into what the daemon serves: files with hashed names, and one page. Nothing is fetched from elsewhere, and nothing
 *  runs inline: the daemon's content policy allows its own files alone. */
export default defineConfig({
  root: "src/ui",
  // The daemon puts a fresh nonce in this text's place each time that it serves the page.
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    outDir: "../../dist/ui",
    emptyOutDir: true,
    target: "es2022",
    // Inlined, they would be `data:` addresses, which the content policy refuses for all but images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      // "use client" means something to servers that render; there is none here.
      onLog(level, log, next) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") next(level, log);
      },
    },
  },
});
