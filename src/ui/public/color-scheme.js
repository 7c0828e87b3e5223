// Before the first paint, so that nobody who chose dark is shown a white page. A file of its own, since nothing may run inline.
(function () {
  let chosen = "auto";
  try {
    chosen = localStorage.getItem("ringfence-color-scheme") ?? "auto";
  } catch {
    // A browser that keeps nothing for us follows the system.
  }
  const dark =
    chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
