import type { SimMutant } from "./mutant.ts";

export const RIG_MUTANTS: readonly SimMutant[] = [
  {
    name: "whole-library-without-its-sweep",
    file: "spoke/library/store.ts",
    find: "  if (ended && step.full) removed",
    replace: "  if (ended && step.full && step.page.episodes.length < 0) removed",
  },
  {
    name: "page-without-its-end",
    file: "spoke/library/store.ts",
    find: "for (const episode of step.page.episodes) upsert(db, episode);",
    replace: "for (const episode of step.page.episodes.slice(0, 3)) upsert(db, episode);",
  },
  {
    name: "pruned-ids-passed-over",
    file: "spoke/library/store.ts",
    find: "const removed = [...removeIds(db, step.page.prunedIds), ...trim(db, cap)];",
    replace: "const removed = [...removeIds(db, []), ...trim(db, cap)];",
  },
  {
    name: "sent-before-it-is-there",
    file: "spoke/upload-round.ts",
    find: "  const verdict = await client.uploadEvent(",
    replace: "  queue.markSent(event.id);\n  const verdict = await client.uploadEvent(",
  },
  {
    name: "key-trouble-taken-for-success",
    file: "spoke/upload-round.ts",
    find: '  if (verdict.kind === "wait" || verdict.kind === "key_problem") return verdict;\n  if (verdict.kind === "refused") {\n    queue.setAside',
    replace: '  if (verdict.kind === "wait") return verdict;\n  if (verdict.kind === "refused") {\n    queue.setAside',
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
    find: "progress?.epoch === epoch ? progress : { after: 0, done: false }",
    replace: "progress ?? { after: 0, done: false }",
  },
  {
    name: "newer-answer-settled-by-older",
    file: "spoke/queue/outcomes.ts",
    find: "    if (row?.patch === patchJson(patch)) store",
    replace: '    if (row !== undefined && patchJson(patch) !== "") store',
  },
  {
    name: "early-answer-forgotten",
    file: "spoke/queue/outcomes.ts",
    find: "  if (known !== undefined) queueOutcome(store, id, known.patch);\n",
    replace: '  if (known !== undefined && id === "") queueOutcome(store, id, known.patch);\n',
  },
  {
    name: "clock-decides-what-was-said-last",
    file: "spoke/queue/outcomes.ts",
    find: "  if (told.saidNow !== true || told.acknowledgedAt > knownAt) return told;",
    replace: "  if (told.saidNow !== undefined || told.acknowledgedAt > knownAt) return told;",
  },
  {
    name: "one-second-one-event",
    file: "spoke/queue/admission.ts",
    find: '    if (relation === "same") return',
    replace: '    if (relation === "same" || relation === "other") return',
  },
  {
    name: "dropped-without-a-receipt",
    file: "spoke/queue/room.ts",
    find: "  store.receipts.record({ event_id: victim.id, risk: riskOf(victim), reason, at: store.clock.now() });\n",
    replace: "  void [riskOf, reason];\n",
  },
  {
    name: "file-gone-before-it-is-kept",
    file: "spoke/queue-folder.ts",
    find: "  const results = intake.queue.enqueueMany(",
    replace:
      "  for (const { file } of whole) await removeTaken(intake, file);\n  const results = intake.queue.enqueueMany(",
  },
  {
    name: "queue-not-synced",
    file: "spoke/queue/database.ts",
    find: '  assert(synchronous === SYNCHRONOUS_FULL, "the queue syncs every commit");',
    replace:
      '  assert(synchronous === SYNCHRONOUS_FULL, "the queue syncs every commit");\n  db.run("pragma synchronous = normal");',
  },
  {
    name: "damage-taken-for-a-refusal",
    file: "spoke/verdicts.ts",
    find: "  if (BODY_REFUSALS.has(status) && code !== DAMAGED_UNDER_WAY)",
    replace: "  if (BODY_REFUSALS.has(status) || code === DAMAGED_UNDER_WAY)",
  },
];
