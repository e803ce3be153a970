import type { Edit } from "../kernel/load.ts";

/** A small wrong turn of the product, which the simulation has to find. */
export interface SimMutant extends Edit {
  /** By which it is asked for. */
  readonly name: string;
}

export const SIM_MUTANTS: readonly SimMutant[] = [
  {
    name: "cursor-before-its-rows",
    file: "spoke/library/store.ts",
    find: "for (const episode of step.page.episodes) upsert(db, episode);",
    replace: "for (const episode of step.page.episodes.slice(1)) upsert(db, episode);",
  },
  {
    name: "no-tombstone",
    file: "src/domain/curation/write-library.ts",
    find: "  await buryEpisodes(tx, graves);\n",
    replace: "  void [buryEpisodes, graves];\n",
  },
  {
    name: "delete-on-refusal",
    file: "spoke/upload-round.ts",
    find: '  if (verdict.kind === "wait" || verdict.kind === "key_problem") return verdict;\n  if (verdict.kind === "refused") {\n    queue.setAside',
    replace:
      '  if (verdict.kind === "wait") return verdict;\n  if (verdict.kind === "key_problem") {\n    queue.markSent(event.id);\n    return undefined;\n  }\n  if (verdict.kind === "refused") {\n    queue.setAside',
  },
  {
    name: "outcome-before-event-dropped",
    file: "spoke/upload-round.ts",
    find: "      counts.outcomes_early++;\n",
    replace: "      counts.outcomes_early++;\n      queue.markOutcomeSent(next);\n",
  },
  {
    name: "epoch-ignored",
    file: "spoke/reoffer.ts",
    find: "const { after, done } = progress?.epoch === epoch ? progress : { after: 0, done: false };",
    replace: "const { after, done } = progress ?? { after: 0, done: false };",
  },
  {
    name: "ingest-without-lock-of-its-rig",
    file: "src/domain/ingest-commit.ts",
    find: "    if (error !== undefined) refused.set(upload, { error });\n",
    replace: '    if (error !== undefined && error.code !== "rig_revoked") refused.set(upload, { error });\n',
  },
];

export function mutantNamed(name: string): SimMutant {
  const mutant = SIM_MUTANTS.find((one) => one.name === name);
  if (mutant === undefined)
    throw new Error(`there is no mutant ${name}: ${SIM_MUTANTS.map((one) => one.name).join(", ")}`);
  return mutant;
}
