// A page refreshes itself only while somebody can see it: every open tab of a fleet would otherwise poll for nobody.
(() => {
  const TICK_MS = 60_000;
  const notice = document.getElementById("notice");
  let refreshedAt = performance.now();

  function tick() {
    if (document.visibilityState !== "visible") return;
    if (performance.now() - refreshedAt < TICK_MS) return;
    refreshedAt = performance.now();
    document.body.dispatchEvent(new CustomEvent("fleet:tick"));
  }

  function say(sentence) {
    if (notice === null) return;
    document.body.classList.toggle("stale", sentence !== "");
    notice.textContent = sentence;
    notice.hidden = sentence === "";
  }

  function statusOf(event) {
    return event.detail?.ctx?.response?.status ?? 0;
  }

  function sayStale(reason) {
    say(`${reason} The figures are as of ${document.getElementById("as-of")?.textContent ?? "an earlier time"}.`);
  }

  // It comes after a refused refresh too, when nothing was swapped.
  document.addEventListener("htmx:after:swap", (event) => {
    if (statusOf(event) < 400) say("");
  });
  document.addEventListener("htmx:error", () => sayStale("The hub does not answer."));
  document.addEventListener("htmx:response:error", (event) => {
    sayStale(
      statusOf(event) === 401 ? "You are signed out: load the page again." : "The hub could not refresh this view.",
    );
  });
  document.addEventListener("visibilitychange", tick);
  setInterval(tick, 1000);
})();
