import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./styles/base.css";
import "./styles/lists.css";
import "./styles/calls.css";
import "./styles/overview.css";
import "./styles/settings.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.js";
import { styleNonce } from "./app/nonce.js";

// The package that keeps the page from scrolling behind a dialog adds a style of its own, and asks here for the nonce.
(globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = styleNonce();

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
