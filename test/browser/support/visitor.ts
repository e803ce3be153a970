import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { KEYS, type BrowserHub } from "./browser-hub.ts";
import { watch, type Watch } from "./watch.ts";

/** The smallest width that must work without scrolling sideways: 1,280 px at 400 %. */
export const NARROW_PX = 320;
export const WIDE_PX = 1280;
const HEIGHT_PX = 800;
const ACTION_MS = 10_000;

export interface VisitorOptions {
  /** Null: not signed in. */
  readonly role?: keyof typeof KEYS | null;
  readonly width?: number;
  readonly height?: number;
  readonly script?: boolean;
  readonly theme?: "light" | "dark";
  readonly forcedColors?: boolean;
  readonly reducedMotion?: boolean;
}

/** A person before a browser: one context with its cookie, and one page that is watched. */
export interface Visitor extends Watch {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Opens a path of the hub; returns the status. */
  go(path: string): Promise<number>;
  close(): Promise<void>;
}

export async function openVisitor(browser: Browser, hub: BrowserHub, options: VisitorOptions = {}): Promise<Visitor> {
  const context = await browser.newContext(contextOptions(hub, options));
  context.setDefaultTimeout(ACTION_MS);
  if (options.role !== null) await context.addCookies([await sessionCookie(hub, options.role ?? "admin")]);
  const page = await context.newPage();
  return {
    context,
    page,
    ...(await watch(page)),
    async go(path) {
      const reply = await page.goto(hub.url + path, { waitUntil: "load" });
      return reply?.status() ?? 0;
    },
    close: () => context.close(),
  };
}

function contextOptions(hub: BrowserHub, options: VisitorOptions): BrowserContextOptions {
  return {
    baseURL: hub.url,
    viewport: { width: options.width ?? WIDE_PX, height: options.height ?? HEIGHT_PX },
    javaScriptEnabled: options.script ?? true,
    colorScheme: options.theme ?? "light",
    forcedColors: options.forcedColors === true ? "active" : "none",
    reducedMotion: options.reducedMotion === true ? "reduce" : "no-preference",
    locale: "en-GB",
    timezoneId: "America/Chicago",
  };
}

/** Signs in without the form, which has tests of its own. */
async function sessionCookie(hub: BrowserHub, role: keyof typeof KEYS) {
  const body = new URLSearchParams({ key: KEYS[role] });
  const reply = await fetch(`${hub.url}/login`, { method: "POST", body, redirect: "manual" });
  const [name = "", value = ""] = (reply.headers.get("set-cookie") ?? "").split(";")[0]?.split("=") ?? [];
  if (value === "") throw new Error(`the hub answered ${reply.status} to the ${role}'s key`);
  return { name, value, url: hub.url };
}
