import type { Page } from "playwright-core";

const STOPS_MAX = 600;
/** Of two of them, day, month, year and calendar each. */
const DATE_FIELD_STOPS = 8;

export interface Walk {
  readonly stops: number;
  /** Controls that the Tab key never reached, had no visible focus, or were covered when they had it. */
  readonly problems: readonly string[];
}

/** Goes through the whole page by Tab alone, as a person without a mouse. */
export async function walkByKeyboard(page: Page): Promise<Walk> {
  let missing = await page.evaluate(begin);
  // A date field is one control and several stops, so some walks take a second round of presses.
  for (let stops = 0; missing > 0 && stops < STOPS_MAX;) {
    const presses = missing + DATE_FIELD_STOPS;
    for (let press = 0; press < presses; press++) await page.keyboard.press("Tab");
    stops += presses;
    const left = await page.evaluate(countMissing);
    if (left === missing) break;
    missing = left;
  }
  return page.evaluate(end);
}

interface Walker {
  readonly reachable: Element[];
  readonly reached: Set<Element>;
  readonly problems: string[];
}

type Walking = typeof globalThis & { fleetWalk?: Walker };

/** Runs in the page. Returns how many stops there should be. */
function begin(): number {
  const reachable = [
    ...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]"),
  ].filter((element) => element.checkVisibility({ visibilityProperty: true }) && isStop(element));
  const walker: Walker = { reachable, reached: new Set(), problems: [] };
  (globalThis as Walking).fleetWalk = walker;
  document.addEventListener("focusin", ({ target }) => {
    if (target instanceof Element) look(target);
  });
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  scrollTo(0, 0);
  return reachable.length;

  function isStop(element: Element): boolean {
    if (element.matches(":disabled, [type=hidden], [tabindex='-1'], [inert] *")) return false;
    return !(element instanceof HTMLInputElement && element.type === "radio") || isRadioStop(element);
  }

  /** A group of radio buttons is one stop: the chosen one, or the first. */
  function isRadioStop(radio: HTMLInputElement): boolean {
    const group = [...(radio.form ?? document).querySelectorAll<HTMLInputElement>("input[type=radio]")].filter(
      ({ name }) => name === radio.name,
    );
    return (group.find(({ checked }) => checked) ?? group[0]) === radio;
  }

  function look(element: Element): void {
    walker.reached.add(element);
    const style = getComputedStyle(element);
    const ringed = style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 1;
    if (!ringed && style.boxShadow === "none")
      walker.problems.push(`no visible focus: ${element.outerHTML.slice(0, 120)}`);
    if (isCovered(element)) walker.problems.push(`covered while it has the focus: ${element.outerHTML.slice(0, 120)}`);
  }

  function isCovered(element: Element): boolean {
    const box = [...element.getClientRects()].find(({ width, height }) => width > 0 && height > 0);
    if (box === undefined) return false;
    const left = Math.max(box.left, 0);
    const top = Math.max(box.top, 0);
    const width = Math.min(box.right, innerWidth) - left;
    const height = Math.min(box.bottom, innerHeight) - top;
    const spots = [0.1, 0.5, 0.9].flatMap((across) =>
      [0.2, 0.5, 0.8].map((down) => document.elementFromPoint(left + width * across, top + height * down)),
    );
    const inView = spots.filter((seen) => seen !== null);
    return !inView.some((seen) => element.contains(seen) || seen.contains(element) || labels(element, seen));
  }

  function labels(element: Element, seen: Element): boolean {
    return element instanceof HTMLInputElement && [...(element.labels ?? [])].some((label) => label.contains(seen));
  }
}

function countMissing(): number {
  const walker = (globalThis as Walking).fleetWalk;
  return walker === undefined ? 0 : walker.reachable.filter((element) => !walker.reached.has(element)).length;
}

function end(): { stops: number; problems: string[] } {
  const walker = (globalThis as Walking).fleetWalk;
  if (walker === undefined) return { stops: 0, problems: ["the page was left during the walk"] };
  const missed = walker.reachable.filter((element) => !walker.reached.has(element));
  const problems = missed.map((element) => `never reached by Tab: ${element.outerHTML.slice(0, 120)}`);
  return { stops: walker.reached.size, problems: [...walker.problems, ...problems] };
}
