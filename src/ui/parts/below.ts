/** Inputs of one line stand in one line, however long what is said of them: descriptions come below. */
export const below: ("label" | "input" | "description" | "error")[] = [
  "label",
  "input",
  "description",
  "error",
];
