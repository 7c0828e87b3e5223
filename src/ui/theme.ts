import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const fence: MantineColorsTuple = [
  "#eaf3fc",
  "#d3e4f5",
  "#a5c8ea",
  "#74aadf",
  "#4c90d5",
  "#3480cf",
  "#2573bd",
  "#1f5fa8",
  "#184d8a",
  "#103a6b",
];

export const theme = createTheme({
  primaryColor: "fence",
  primaryShade: { light: 7, dark: 6 },
  colors: { fence },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: {
    fontWeight: "650",
    sizes: { h1: { fontSize: "1.5rem", lineHeight: "1.3" }, h2: { fontSize: "1.05rem" } },
  },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
});

/** Mantine's greys for secondary text fall short of WCAG's 4.5 : 1 on our surfaces; these don't. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#56606b",
    "--mantine-color-placeholder": "#6a737d",
    "--mantine-color-error": "#b3261e",
    "--mantine-color-anchor": "#1f5fa8",
    "--rf-page": "#f6f7f9",
    "--rf-surface": "#ffffff",
    "--rf-line": "#dfe3e8",
    "--rf-good": "#1b7a43",
    "--rf-warn": "#96540a",
    "--rf-bad": "#b3261e",
    "--rf-good-soft": "#e5f4ea",
    "--rf-warn-soft": "#fdf1de",
    "--rf-bad-soft": "#fcebea",
    "--rf-quiet-soft": "#eceff2",
    "--rf-chart-1": "#1f5fa8",
    "--rf-chart-2": "#b3261e",
    "--rf-chart-3": "#96540a",
  },
  dark: {
    "--mantine-color-body": "#14181d",
    "--mantine-color-dimmed": "#a3adb8",
    "--mantine-color-placeholder": "#8b95a1",
    "--mantine-color-error": "#ff8b82",
    "--mantine-color-anchor": "#7fb5ea",
    "--mantine-color-text": "#dbe1e8",
    "--mantine-color-default": "#1d232a",
    "--mantine-color-default-border": "#3a434e",
    "--rf-page": "#14181d",
    "--rf-surface": "#1b2027",
    "--rf-line": "#2d353f",
    "--rf-good": "#6fce94",
    "--rf-warn": "#eab35f",
    "--rf-bad": "#ff8b82",
    "--rf-good-soft": "#17301f",
    "--rf-warn-soft": "#352812",
    "--rf-bad-soft": "#3b1d1b",
    "--rf-quiet-soft": "#272e37",
    "--rf-chart-1": "#6fb0ee",
    "--rf-chart-2": "#ff8b82",
    "--rf-chart-3": "#eab35f",
  },
});
