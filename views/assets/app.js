// Keeps a page true while somebody looks: ages, refresh, what to say when the hub is gone. Every page works without it.
(() => {
  const RETRY_S = [5, 10, 20, 40, 60];
  const BUSY_MS = 300;
  // Between two refreshes a word to the hub: who looks at a screen must not take a dead one for a quiet one.
  const PULSE_MS = 10_000;
  const { body } = document;
  const $ = (id) => document.getElementById(id);
  const live = $("live");
  /** A page where somebody waits for news asks more often. */
  const TICK_MS = 1000 * Number(live?.dataset.tick ?? 60);
  const OLD_MS = 2 * TICK_MS + 5000;
  const notice = $("notice");
  const title = document.title;
  let asOfMs = Date.parse($("as-of")?.dateTime ?? "");
  // The browser's clock may be wrong; what passes since the page came is not.
  let readAt = performance.now();
  let nextAt = readAt + TICK_MS;
  let heardAt = readAt;
  let listening = false;
  let failures = 0;
  let asking = false;
  let forced = false;

  const visible = () => document.visibilityState === "visible";
  const secondsAgo = () => Math.max(0, Math.round((performance.now() - readAt) / 1000));

  function duration(seconds) {
    const [size, unit] =
      seconds < 60 ? [1, "s"] : seconds < 3600 ? [60, "min"] : seconds < 172_800 ? [3600, "h"] : [86_400, "d"];
    return `${Math.floor(seconds / size)} ${unit}`;
  }

  function refresh() {
    if (live === null || asking) return;
    asking = true;
    live.dispatchEvent(new CustomEvent("fleet:tick"));
  }

  function say(sentence, label, press) {
    if (notice === null) return;
    notice.textContent = sentence;
    notice.hidden = sentence === "";
    if (label === undefined) return;
    const button = document.createElement("button");
    button.textContent = label;
    button.addEventListener("click", press);
    notice.append(" ", button);
  }

  function grow(old) {
    body.classList.toggle("stale", old);
    document.title = old ? `(old) ${title}` : title;
  }

  async function pulse() {
    if (listening) return;
    listening = true;
    heardAt = performance.now();
    try {
      await fetch("/livez", { cache: "no-store" });
    } catch {
      if (failures === 0 && visible()) failed("The hub does not answer.");
    }
    listening = false;
  }

  function cameBack(response) {
    failures = 0;
    asking = false;
    readAt = performance.now();
    heardAt = readAt;
    nextAt = readAt + TICK_MS;
    asOfMs = Date.parse(response.headers.get("X-As-Of") ?? "") || asOfMs;
    const asOf = $("as-of");
    if (asOf !== null) {
      asOf.dateTime = new Date(asOfMs).toISOString();
      asOf.textContent = `${asOf.dateTime.slice(11, 19)} UTC`;
    }
    grow(false);
    const version = response.headers.get("X-Hub-Version");
    if (version !== null && version !== body.dataset.hub)
      say("The hub was upgraded.", "Reload", () => location.reload());
    else if (!notice?.querySelector("button")?.dataset.waits) say("");
    ages();
  }

  function failed(reason) {
    asking = false;
    const wait = RETRY_S[Math.min(failures, RETRY_S.length - 1)];
    failures += 1;
    nextAt = performance.now() + wait * 1000;
    body.dataset.reason = reason;
    grow(true);
    count();
  }

  function count() {
    if (failures === 0) return;
    const left = Math.max(0, Math.ceil((nextAt - performance.now()) / 1000));
    const sentence = `${body.dataset.reason} These figures are ${duration(secondsAgo())} old. Trying again in ${left} s.`;
    const button = notice?.querySelector("button");
    if (button && notice.firstChild?.nodeType === 3) notice.firstChild.data = `${sentence} `;
    else say(sentence, "Try now", refresh);
  }

  function ages() {
    const age = $("as-of-age");
    if (age !== null) age.textContent = `${duration(secondsAgo())} ago`;
    const now = asOfMs + performance.now() - readAt;
    for (const element of document.querySelectorAll("[data-age]")) {
      const s = Math.round((now - Date.parse(element.closest("time").dateTime)) / 1000);
      const text = s < 0 ? `in ${duration(-s)}` : `${duration(s)} ago`;
      if (element.textContent !== text) element.textContent = text;
    }
  }

  let turns = 0;
  setInterval(() => {
    if (!visible()) return;
    turns += 1;
    if (turns % 15 === 0) ages();
    else if ($("as-of-age") !== null) $("as-of-age").textContent = `${duration(secondsAgo())} ago`;
    if (live === null) return;
    if (performance.now() >= nextAt) refresh();
    else if (failures === 0 && performance.now() - heardAt >= PULSE_MS) void pulse();
    count();
    if (performance.now() - readAt > OLD_MS && failures === 0) grow(true);
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    if (!visible()) return;
    ages();
    if (live !== null && performance.now() >= nextAt) refresh();
  });

  /** A mark stands for a part, or cells of a row, that are on the page as they were. Null when one is not there. */
  function completed(text) {
    let missing = false;
    const whole = text.replace(/<!--same ([\w.:-]+)(?: (\d+)\+(\d+))?-->/g, (_, id, from, cells) => {
      const part = $(id)?.closest("tr, section, script, g, form");
      missing ||= !part;
      if (!part || cells === undefined) return part?.outerHTML;
      const same = Array.from(part.cells).slice(from, Number(from) + Number(cells));
      return same.map((cell) => cell.outerHTML).join("");
    });
    return missing ? null : whole;
  }

  /** How many rows a refresh would push in at the top, and whether somebody is at work here. */
  function held(text) {
    if (document.querySelector("dialog[open], input[data-select]:checked") !== null) return "The view has news.";
    const table = live.querySelector("table[data-waits]");
    if (table === null || forced) return "";
    const shown = new Set(Array.from(table.querySelectorAll("tbody tr[id]"), (row) => row.id));
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelectorAll("table[data-waits] tbody tr[id]");
    let rows = 0;
    for (const row of fresh) {
      if (shown.has(row.id)) break;
      rows += 1;
    }
    return rows === 0 ? "" : `${rows} new ${rows === 1 ? table.dataset.waits.slice(0, -1) : table.dataset.waits}`;
  }

  document.addEventListener("htmx:config:request", (event) => {
    if (event.target === live && !forced) event.detail.ctx.request.headers["X-Shown"] = live.dataset.shown;
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { response, text } = event.detail.ctx;
    if (event.target !== live || response.status >= 400) return;
    cameBack(response.raw);
    if (response.status !== 200) return;
    const whole = completed(text);
    if (whole === null) {
      event.preventDefault();
      live.dataset.shown = "";
      return refresh();
    }
    event.detail.ctx.text = whole;
    const reason = held(whole);
    if (reason === "") {
      live.dataset.shown = response.headers.get("X-Shown") ?? "";
      forced = false;
      say("");
      return;
    }
    event.preventDefault();
    say(reason, "Show", () => {
      forced = true;
      for (const box of document.querySelectorAll("input[data-select]:checked")) box.checked = false;
      refresh();
    });
    notice.querySelector("button").dataset.waits = "1";
  });
  document.addEventListener("htmx:after:swap", ages);
  document.addEventListener("htmx:error", () => failed("The hub does not answer."));
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status !== 401) return failed("The hub could not refresh this view.");
    asking = false;
    nextAt = Infinity;
    grow(true);
    const login = `/login?${new URLSearchParams({ next: location.pathname + location.search })}`;
    say("You are signed out; the page stays as it was.", "Sign in", () => location.assign(login));
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.confirm && !confirm(form.dataset.confirm)) return event.preventDefault();
    // What was left empty is no part of the view's address.
    if (form.method === "get")
      for (const field of form.elements) field.disabled ||= field.name !== "" && field.value === "";
    const button = event.submitter;
    // A file comes beside the page, which stays and is not busy.
    if (button?.hasAttribute("formaction")) return;
    setTimeout(() => button?.setAttribute("aria-busy", "true"), BUSY_MS);
  });
  addEventListener("pageshow", () => {
    for (const field of document.querySelectorAll("form[method=get] :disabled")) field.disabled = false;
  });
  document.addEventListener("change", ({ target }) => {
    if (target.dataset.selectAll === undefined) return;
    for (const box of document.querySelectorAll("tbody input[data-select]")) box.checked = target.checked;
  });

  const rows = () => [...document.querySelectorAll("main tbody tr[id]")].filter((row) => row.offsetParent !== null);
  function move(step) {
    const all = rows();
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const row = all[Math.max(0, Math.min(all.length - 1, at + step))];
    row?.querySelector("a, input, button")?.focus();
  }
  const KEYS = {
    "/": () => $("search")?.focus(),
    "?": () => $("help")?.showModal(),
    j: () => move(1),
    k: () => move(-1),
    x: () => document.activeElement?.closest("tr")?.querySelector("input[data-select]")?.click(),
  };
  let going = false;
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest?.(
      "input:not([type=checkbox]), select, textarea, [contenteditable], dialog[open]",
    );
    if (field || event.ctrlKey || event.metaKey || event.altKey || body.dataset.keys === undefined) return;
    const link = going ? document.querySelector(`nav a[data-key="${CSS.escape(event.key)}"]`) : null;
    going = event.key === "g";
    if (link !== null) link.click();
    else if (KEYS[event.key] !== undefined) {
      event.preventDefault();
      KEYS[event.key]();
    }
  });
})();
