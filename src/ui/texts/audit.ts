export const audit = {
  title: "Audit",
  sub: "Who changed what, from what to what. Nothing is ever taken out of it.",
  search: "Filter by subject, such as policy, user admin or ban 203.0.113.12",
  none: "Nothing was changed yet",
  noneText:
    "Every change by a person leaves a row here, whether it came from this page, the command or the API.",
  nothing: "Nothing fits this filter",
  before: "Before",
  after: "After",
  field: "What",
  details: "What changed",
  undo: "Undo",
  undoTitle: "Take this change back?",
  undoText:
    "Only this change is taken back; what came after it stays. The undo is a change of its own, and is listed here.",
  undone: "The change was taken back.",
  by: (who: string) => `by ${who}`,
} as const;
