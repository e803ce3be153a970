// Draws an event's tracks from the JSON that came with the page. Time or depth runs downwards, as on a driller's log.
(() => {
  const MARKERS = 8;
  const DASHES = [[], [7, 4]];
  const PAGE_POINTS = 10;
  const PAD_PX = 8;
  const log = document.getElementById("log");
  const island = document.getElementById("track-data");
  if (log === null || island === null || typeof uPlot === "undefined") return;
  const plan = JSON.parse(island.textContent);
  let along = 0;
  plan.x = plan.steps.map((further) => (along += further));
  const points = plan.labels.flatMap((label, at) => (label === null ? [] : [at]));
  if (points.length === 0) return;

  const area = document.getElementById("log-plots");
  const pickers = document.getElementById("log-pickers");
  const cursorLine = lineOf("log-cursor");
  const eventLine = lineOf("log-event");
  const breakLines = plan.breaks.map(({ label }) => lineOf("log-break", label));
  let drawn = [];
  let cursor = Math.max(0, points.indexOf(plan.cursor));

  function lineOf(name, text = "") {
    const line = document.createElement("i");
    line.className = name;
    line.textContent = text;
    area.append(line);
    return line;
  }

  function part(kind, track) {
    return log.querySelector(`.log-${kind}[data-track="${track.name}"]`);
  }

  function format(value, digits) {
    const form = { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: "negative" };
    return value === null ? "—" : value.toLocaleString("en-US", form);
  }

  // Canvases do not follow the theme: they take what the header row resolved, forced colours too.
  function color(element, property = "color") {
    return getComputedStyle(element)[property];
  }

  function optionsOf(track, host) {
    const head = part("head", track);
    const colors = [...head.querySelectorAll(".log-sample")].map((sample) => color(sample));
    const [ink, line] = [color(area), color(area, "borderTopColor")];
    const grid = { stroke: line, width: 1 };
    const scales = { x: { time: false, ori: 1, dir: -1, range: () => [plan.axis.min, plan.axis.max] } };
    for (const { scale, min, max } of track.curves) scales[scale] = { ori: 0, dir: 1, range: () => [min, max] };
    const { scale, min, max } = track.curves[0];
    const quarters = [1, 2, 3].map((quarter) => min + (quarter * (max - min)) / 4);
    return {
      width: host.clientWidth,
      height: host.clientHeight,
      padding: [PAD_PX, 1, PAD_PX, 1],
      legend: { show: false },
      cursor: { show: false },
      scales,
      axes: [
        {
          side: 3,
          stroke: ink,
          grid,
          ticks: { ...grid, size: 6 },
          gap: 4,
          font: "12px system-ui, sans-serif",
          size: Math.max(0, host.clientWidth - head.clientWidth),
          splits: () => plan.axis.ticks.map(({ at }) => at),
          values: () => (host.clientWidth > head.clientWidth ? plan.axis.ticks.map(({ label }) => label) : []),
        },
        { side: 0, scale, size: 0, grid, ticks: { show: false }, splits: () => quarters, values: () => [] },
      ],
      series: [
        {},
        ...track.curves.map((curve, at) => ({
          scale: curve.scale,
          stroke: colors[at],
          width: 2,
          dash: DASHES[at],
          spanGaps: false,
          points: { show: false },
        })),
      ],
      bands: track.curves[0].scale === track.curves[1]?.scale ? gap(colors[1]) : [],
      hooks: { draw: [(plot) => mark(plot, track, colors)] },
    };
  }

  // Two curves on one scale stand together for the gap between them, whichever is greater.
  function gap(stroke) {
    const fill = stroke.replace("rgb(", "rgba(").replace(")", ", 0.25)");
    return [
      { series: [2, 1], fill },
      { series: [1, 2], fill },
    ];
  }

  // Markers tell the curves apart without colour; a triangle at the edge stands for a value beyond the scale.
  function mark(plot, { curves }, colors) {
    const { ctx, bbox } = plot;
    const px = devicePixelRatio;
    const every = Math.max(1, Math.round(points.length / MARKERS));
    ctx.save();
    ctx.setLineDash([]);
    ctx.lineWidth = 1.5 * px;
    curves.forEach((curve, nth) => {
      ctx.fillStyle = ctx.strokeStyle = colors[nth];
      const offset = nth * Math.floor(every / 2);
      curve.values.forEach((value, at) => {
        if (value === null) return;
        const y = plot.valToPos(plan.x[at], "x", true);
        const alone = (curve.values[at - 1] ?? null) === null && (curve.values[at + 1] ?? null) === null;
        if (value > curve.max) triangle(ctx, bbox.left + bbox.width, y, -8 * px);
        else if (value < curve.min) triangle(ctx, bbox.left, y, 8 * px);
        else if (alone || at % every === offset) shape(ctx, plot.valToPos(value, curve.scale, true), y, nth, px);
      });
    });
    ctx.restore();
  }

  function triangle(ctx, tip, y, back) {
    ctx.beginPath();
    ctx.moveTo(tip, y);
    ctx.lineTo(tip + back, y - back / 2);
    ctx.lineTo(tip + back, y + back / 2);
    ctx.fill();
  }

  function shape(ctx, x, y, nth, px) {
    ctx.beginPath();
    if (nth === 0) ctx.arc(x, y, 3 * px, 0, 2 * Math.PI);
    else ctx.rect(x - 3 * px, y - 3 * px, 6 * px, 6 * px);
    if (nth === 0) ctx.fill();
    else ctx.stroke();
  }

  function draw() {
    for (const { plot } of drawn) plot.destroy();
    const shown = plan.tracks.filter((track) => part("plot", track).clientWidth > 0);
    drawn = shown.map((track) => {
      const host = part("plot", track);
      const plot = new uPlot(optionsOf(track, host), [plan.x, ...track.curves.map(({ values }) => values)], host);
      return { plot, track, dots: track.curves.map((_, nth) => plot.over.appendChild(dot(nth))) };
    });
    plan.breaks.forEach(({ at }, nth) => put(breakLines[nth], at));
    eventLine.hidden = plan.event === null;
    if (plan.event !== null) put(eventLine, plan.event);
    // The plots lay themselves out after this turn.
    queueMicrotask(show);
  }

  function dot(nth) {
    const element = document.createElement("i");
    element.className = `log-dot curve-${nth + 1}`;
    return element;
  }

  function put(line, at) {
    line.style.transform = `translateY(${topOf(at)}px)`;
  }

  /** All plot areas have the same top and height. */
  function topOf(at) {
    const { min, max } = plan.axis;
    return PAD_PX + ((at - min) / (max - min)) * (area.clientHeight - 2 * PAD_PX);
  }

  function show() {
    const at = points[cursor];
    put(cursorLine, plan.x[at]);
    plan.labels[at].forEach((text, nth) => {
      log.querySelector(`[data-part="${["at", "beside", "away"][nth]}"]`).textContent = text;
    });
    const values = plan.tracks.map((track) => showValues(track, at));
    area.setAttribute("aria-valuenow", String(cursor));
    area.setAttribute("aria-valuetext", `${plan.labels[at].join(", ")}: ${values.join(", ")}`);
    for (const { plot, track, dots } of drawn)
      dots.forEach((element, nth) => move(element, plot, track.curves[nth], at));
  }

  function showValues(track, at) {
    const outputs = part("head", track).querySelectorAll("output");
    return track.curves.map(({ label, unit, digits, values }, nth) => {
      outputs[nth].textContent = format(values[at], digits);
      return `${label} ${outputs[nth].textContent} ${unit}`.trim();
    });
  }

  function move(element, plot, { min, max, values }, at) {
    const value = values[at];
    element.hidden = value === null;
    if (value === null) return;
    const share = (Math.min(max, Math.max(min, value)) - min) / (max - min);
    element.style.transform = `translate(${share * plot.over.clientWidth}px, ${topOf(plan.x[at]) - PAD_PX}px)`;
  }

  function step(to) {
    cursor = Math.min(points.length - 1, Math.max(0, to));
    show();
  }

  function follow(event) {
    const y = event.clientY - area.getBoundingClientRect().top;
    const away = points.map((at) => Math.abs(topOf(plan.x[at]) - y));
    step(away.indexOf(Math.min(...away)));
  }

  const KEYS = {
    ArrowUp: () => cursor - 1,
    ArrowLeft: () => cursor - 1,
    ArrowDown: () => cursor + 1,
    ArrowRight: () => cursor + 1,
    PageUp: () => cursor - PAGE_POINTS,
    PageDown: () => cursor + PAGE_POINTS,
    Home: () => 0,
    End: () => points.length - 1,
  };

  function press(event) {
    const to = KEYS[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    step(to());
  }

  // What was chosen comes first: a phone shows the first two, and the address says so to whoever gets it.
  function pick({ target }) {
    const names = plan.tracks.map(({ name }) => name);
    const [to, from] = [Number(target.dataset.place), names.indexOf(target.value)];
    [plan.tracks[to], plan.tracks[from]] = [plan.tracks[from], plan.tracks[to]];
    for (const kind of ["head", "plot", "foot"]) {
      const row = part(kind, plan.tracks[0]).parentElement;
      const lines = kind === "plot" ? [...breakLines, eventLine, cursorLine] : [];
      row.append(...plan.tracks.map((track) => part(kind, track)), ...lines);
    }
    pickers.querySelectorAll("select").forEach((select, place) => (select.value = plan.tracks[place].name));
    const url = new URL(location.href);
    url.searchParams.set("tracks", plan.tracks.map(({ name }) => name).join(","));
    history.replaceState(history.state, "", url);
    draw();
  }

  area.hidden = false;
  if (pickers !== null) pickers.hidden = false;
  log.classList.add("drawn");
  Object.entries({
    role: "slider",
    tabindex: "0",
    "aria-label": "Snapshot",
    "aria-orientation": "vertical",
    "aria-valuemin": "0",
    "aria-valuemax": String(points.length - 1),
  }).forEach(([name, value]) => area.setAttribute(name, value));
  area.addEventListener("pointermove", follow);
  area.addEventListener("pointerdown", follow);
  area.addEventListener("keydown", press);
  pickers?.addEventListener("change", pick);
  new ResizeObserver(draw).observe(area);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"])
    matchMedia(query).addEventListener("change", draw);
})();
