import { expect, test } from "bun:test";
import { createShownParts } from "../../../src/http/shown-parts.ts";

const SEED = 7;
const row = (id: string, text: string, age = "8 s ago") =>
  `<tr id="${id}"><td><time><small data-age="">${age}</small></time>${text}</td></tr>`;
const section = (id: string, inner: string) =>
  `<section aria-labelledby="${id}" class="panel"><h2 id="${id}"></h2>${inner}</section>`;
const rows = (...all: string[]) => `<table><tbody>${all.join("")}</tbody></table>`;

function parts(shown: string) {
  const made = createShownParts(SEED);
  made.remember("before", shown);
  return made;
}

test("of a list only the rows that changed come again, each other one as a mark in its place", () => {
  const made = parts(rows(row("a", "one"), row("b", "two")));
  const news = made.since("before", rows(row("c", "three"), row("a", "one"), row("b", "other")));
  expect(news).toBe(rows(row("c", "three", ""), "<!--same a-->", row("b", "other", "")));
});

test("a section that is the same is one mark, and its rows are none", () => {
  const same = section("latest", rows(row("a", "one")));
  const news = parts(same + section("fleet", "1")).since("before", same + section("fleet", "2"));
  expect(news).toBe(`<!--same latest-->${section("fleet", "2")}`);
});

test("an age that went on and another token of the form are no news", () => {
  const form = (token: string) => `<form><input type="hidden" name="form_token" value="${token}"></form>`;
  const made = parts(section("act", form("one") + row("a", "", "8 s ago")));
  expect(made.since("before", section("act", form("two") + row("a", "", "3 min ago")))).toBe("<!--same act-->");
});

test("data for a script are a part of their own", () => {
  const island = (id: string, json: string) => `<script type="application/json" id="${id}">${json}</script>`;
  const made = parts(island("x", "[1]") + island("y", "[2]"));
  expect(made.since("before", island("x", "[1]") + island("y", "[3]"))).toBe(`<!--same x-->${island("y", "[3]")}`);
});

test("a page that this hub does not know is sent whole", () => {
  const page = section("latest", rows(row("a", "one", "")));
  expect(parts(page).since("another", page)).toBe(page);
});

test("ids that could end the mark are never marked", () => {
  const odd = row("a--&gt;<b>", "one", "");
  expect(parts(rows(odd)).since("before", rows(odd))).toBe(rows(odd));
});

test("the oldest pages are forgotten", () => {
  const made = createShownParts(SEED);
  const page = rows(row("a", "one", ""));
  for (let nth = 0; nth <= 100; nth++) made.remember(`page-${nth}`, page);
  expect(made.since("page-0", page)).toBe(page);
  expect(made.since("page-100", page)).toBe(rows("<!--same a-->"));
});
