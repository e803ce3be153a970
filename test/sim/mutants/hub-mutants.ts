import type { SimMutant } from "./mutant.ts";

export const HUB_MUTANTS: readonly SimMutant[] = [
  {
    name: "acknowledge-before-commit",
    file: "src/domain/ingest.ts",
    find: "      if (wasIdle) idle = writeAll();\n      return promise;",
    replace:
      '      if (wasIdle) idle = writeAll();\n      promise.catch(() => {});\n      return { status: "accepted", id: prepared.row.id };',
  },
  {
    name: "duplicates-counted-twice",
    file: "src/db/heard-rigs.ts",
    find: "event_count = event_count + heard.stored,",
    replace: "event_count = event_count + heard.uploads,",
  },
  {
    name: "no-content-digest-on-the-hub",
    file: "src/http/body.ts",
    find: "    checkContentDigest(request.headers.get(HEADERS.contentDigest), body);\n",
    replace: "    void checkContentDigest;\n",
  },
  {
    name: "revoked-rigs-let-in",
    file: "src/domain/rig-access.ts",
    find: '  if (rig.status !== "revoked") return undefined;\n',
    replace: '  if (rig.status !== "gone" as string) return undefined;\n',
  },
  {
    name: "former-key-good-for-ever",
    file: "src/domain/rig-access.ts",
    find: "until.getTime() > nowMs && sameBytes",
    replace: "sameBytes",
  },
  {
    name: "held-up-answer-wins",
    file: "src/domain/outcomes.ts",
    find: "told !== null && told < standing;",
    replace: "told !== null && told < standing && told === standing;",
  },
  {
    name: "answer-not-curated",
    file: "src/db/outcomes.ts",
    find: "needs_curation = true, curation_error = null\n    where",
    replace: "curation_error = null\n    where",
  },
  {
    name: "answer-lacking-after-restore",
    file: "src/domain/offers.ts",
    find: "  if (outcome === undefined) return false;\n",
    replace: "  if (outcome !== undefined || held === undefined) return false;\n",
  },
  {
    name: "event-lacking-after-restore",
    file: "src/domain/offers.ts",
    find: "  if (held === undefined) return true;\n",
    replace: "  if (held === undefined) return false;\n",
  },
  {
    name: "outcomes-only-go-up",
    file: "src/domain/curation/episode.ts",
    find: "  const outcome = bestOutcome(events);\n",
    replace: '  const outcome = events.some(({ notes }) => notes !== null) ? "Resolved" : bestOutcome(events);\n',
  },
  {
    name: "sessions-by-arrival",
    file: "src/domain/curation/sessions.ts",
    find: "  const ordered = events.toSorted(byTime);\n",
    replace: "  const ordered = [...events];\n",
  },
  {
    name: "unlocked-library",
    file: "src/db/versions.ts",
    find: "  await tx`select pg_advisory_xact_lock(${LIBRARY_LOCK})`;",
    replace: "  await tx`select pg_advisory_xact_lock_shared(${LIBRARY_LOCK})`;",
  },
  {
    name: "unlocked-curator",
    file: "src/db/curation.ts",
    find: "pg_try_advisory_xact_lock(",
    replace: "pg_try_advisory_xact_lock_shared(",
  },
  {
    name: "no-tombstone",
    file: "src/domain/curation/write-library.ts",
    find: "  await buryEpisodes(tx, graves);\n",
    replace: "  void [buryEpisodes, graves];\n",
  },
  {
    name: "stamped-with-the-version-before",
    file: "src/domain/curation/write-library.ts",
    find: "shown.map((row) => ({ ...row, version }))",
    replace: "shown.map((row) => ({ ...row, version: version - 1 }))",
  },
  {
    name: "purge-without-tombstones",
    file: "src/domain/purge.ts",
    find: "  await buryEpisodes(tx, ids, { version, at });\n",
    replace: "  await buryEpisodes(tx, ids, { version: 0 * version, at });\n",
  },
  {
    name: "pruned-without-a-version",
    file: "src/domain/curation/prune.ts",
    find: "  await archiveEpisodes(tx, pruned, { version, at });",
    replace: "  await archiveEpisodes(tx, pruned, { version: 0 * version, at });",
  },
  {
    name: "floor-not-raised",
    file: "src/db/pruning.ts",
    find: "set tombstone_floor = ${newest} where tombstone_floor < ${newest}`",
    replace: "set tombstone_floor = tombstone_floor where tombstone_floor < ${newest}`",
  },
  {
    name: "delta-begins-late",
    file: "src/db/library.ts",
    find: "      where version > ${since} and version <= ${upTo} and not archived",
    replace: "      where version > ${since} + 1 and version <= ${upTo} and not archived",
  },
];
