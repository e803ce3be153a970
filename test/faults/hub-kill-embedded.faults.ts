/** npm run test:faults -- hub-kill-embedded: the same over the embedded database, whose starts take a second each. */
import { row } from "./support/row.ts";
import { killHubs } from "./support/siege.ts";

row("hub-kill-embedded", { full: 50, least: 5 }, (times) => killHubs("embedded", times));
