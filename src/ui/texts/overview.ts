export const overview = {
  title: "Overview",
  sub: "Is the fence up, what happened, and what is for you to do.",
  fence: "The fence",
  up: "up",
  down: "down",
} as const;
