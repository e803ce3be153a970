// Mends what a dependency of ours gets wrong and its authors have not released yet. Runs after an install, on Node and
// on Bun; changes nothing where it has been. test/db/lost-connection.test.ts shows what each of them is for.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CLOSED = "Errors.connection('CONNECTION_CLOSED', options, socket)";

// postgres 3.4.9: a connection that is lost inside a transaction ends the process (the client's own rollback is written
// to a socket that is gone), blocks its place in the pool for ever, or carries the rest of the transaction into another
// one that got the connection anew. What failed or was cut off behind some of its rows leaves their number behind, and
// the next answer begins that far in: `const [row] = …` is then undefined, and a good key is no key.
const POSTGRES = [
  {
    file: "src/connection.js",
    before: "    if (terminated)\n      return queryError(q, Errors.connection('CONNECTION_DESTROYED', options))\n",
    after:
      "    if (terminated)\n      return queryError(q, Errors.connection('CONNECTION_DESTROYED', options))\n\n" +
      `    if (socket === null)\n      return (queryError(q, ${CLOSED}), true)\n`,
  },
  {
    file: "src/connection.js",
    before: "    clearImmediate(nextWriteTimer)\n    socket.removeListener('data', data)\n",
    after:
      "    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    socket.removeListener('data', data)\n",
  },
  {
    file: "src/connection.js",
    before: `    !hadError && (query || sent.length) && error(${CLOSED})\n`,
    after:
      `    ;(query || sent.length) && error(${CLOSED})\n` +
      "    query = results = errorResponse = stream = null\n    result = new Result()\n",
  },
  {
    file: "src/connection.js",
    before: "    result = new Result()\n    closedTime = performance.now()\n",
    after: "    result = new Result()\n    rows = 0\n    closedTime = performance.now()\n",
  },
  {
    file: "src/connection.js",
    before: "    query = results = errorResponse = null\n    result = new Result()\n    connectTimer.cancel()\n",
    after:
      "    query = results = errorResponse = null\n    result = new Result()\n    rows = 0\n    connectTimer.cancel()\n",
  },
  {
    file: "src/index.js",
    before: "        new Promise((_, reject) => connection.onclose = reject)\n",
    after:
      "        new Promise((_, reject) => connection.onclose = error => {\n          lost = error\n" +
      "          while (queries.length) queries.shift().reject(error)\n          reject(error)\n        })\n",
  },
  {
    file: "src/index.js",
    before: "      , prepare = null\n\n    try {\n",
    after: "      , prepare = null\n      , lost = null\n\n    try {\n",
  },
  {
    file: "src/index.js",
    before:
      "        q.catch(e => uncaughtError || (uncaughtError = e))\n        c.queue === full\n          ? queries.push(q)\n",
    after:
      "        q.catch(e => uncaughtError || (uncaughtError = e))\n        if (lost)\n          return q.reject(lost)\n\n" +
      "        c.queue === full\n          ? queries.push(q)\n",
  },
  // Without a pipeline (max_pipeline: 0) it would not notice that a transaction has begun.
  {
    file: "src/connection.js",
    before:
      "        && sent.length < max_pipeline\n        && (!q.options.onexecute || q.options.onexecute(connection))\n",
    after:
      "        && (!q.options.onexecute || q.options.onexecute(connection))\n        && sent.length < max_pipeline\n",
  },
];

export function patchDependencies(root) {
  for (const { file, before, after } of POSTGRES) {
    const path = join(root, "node_modules", "postgres", file);
    const text = readFileSync(path, "utf8");
    if (text.includes(after)) continue;
    if (text.split(before).length !== 2) {
      throw new Error(`${path} is not of the version that scripts/patches.mjs was written for`);
    }
    writeFileSync(
      path,
      text.replace(before, () => after),
    );
  }
}
