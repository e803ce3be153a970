import type { Category } from "../wire/vocabulary.ts";

export interface Wording {
  readonly category: Category;
  readonly words: RegExp;
}

/** Phrases of the rig software's own advice, each written for one category only. */
export const ADVICE_PHRASES: readonly Wording[] = [
  { category: "WellControl", words: /well control/i },
  { category: "Hydraulics", words: /hydraulic efficiency|standpipe|ecd margin crit|spp deviation/i },
  { category: "Mechanical", words: /pack-off\/stick-slip|mechanical parameter|torque elevated/i },
  { category: "DrillingEfficiency", words: /efficiency loss|efficiency improvement|target mse/i },
  { category: "None", words: /maintained operational|continue monitoring drilling parameters/i },
];

/** What a dysfunction is about. Well control comes first: a kick's text may also name gas, flow or pressure. */
export const DYSFUNCTION_WORDS: readonly Wording[] = [
  { category: "WellControl", words: /\bkick|lost circulation|\bpit (?:gain|loss)|\binflux|\bgas\b/i },
  { category: "Mechanical", words: /\btorque|\bfounder|\bstick|\bpack-?off/i },
  { category: "Hydraulics", words: /\bspp\b|\becd\b|\bstandpipe|\bwash-?out/i },
  { category: "DrillingEfficiency", words: /\bmse efficiency/i },
  { category: "Formation", words: /exponent|\bformation/i },
];

/** What a person may type beyond the words of the rig software. */
const ASKED_WORDS: readonly Wording[] = [
  {
    category: "WellControl",
    words: /well control|\bloss(?:es)?\b|\bflow (?:check|imbalance)|\bgain\b|\bshut.?in|\bballoon|\bbreathing/i,
  },
  { category: "Mechanical", words: /\bdrag\b|\bvibration|\bwhirl|\bjar|\btight hole|\bover.?pull/i },
  { category: "Hydraulics", words: /\bhydraulic|\bpump|\bpressure|\bnozzle|\bplugged/i },
  { category: "DrillingEfficiency", words: /\bmse\b|\brop\b|efficiency|\bhard (?:stringer|rock)|\bbit wear/i },
  { category: "Formation", words: /\bpore|\blitholog/i },
];

/** The texts with which the rig software asks today, word for word. */
const FIXED_TEXTS: ReadonlyMap<string, Category> = new Map([
  ["well control kick loss circulation flow imbalance", "WellControl"],
  ["MSE drilling efficiency ROP optimization", "DrillingEfficiency"],
  ["standpipe pressure ECD flow rate hydraulics", "Hydraulics"],
  ["torque pack-off stick-slip mechanical", "Mechanical"],
  ["d-exponent formation change pore pressure", "Formation"],
  ["normal drilling operations", "None"],
]);

/** The category a question is about, undefined when none of its words is known. */
export function categoryOfText(text: string): Category | undefined {
  const asked = text.trim();
  return FIXED_TEXTS.get(asked) ?? wordedAs(DYSFUNCTION_WORDS, asked) ?? wordedAs(ASKED_WORDS, asked);
}

export function wordedAs(wordings: readonly Wording[], text: string): Category | undefined {
  return wordings.find(({ words }) => words.test(text))?.category;
}
