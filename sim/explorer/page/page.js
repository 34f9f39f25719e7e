"use strict";
// Moves controls, asks for chances, and draws them. What is moved stands in the address, value by path.
// Who answers is `backend`: requests to the server of the page, or a kernel in the page itself.

const RUNS = backend.runs; // while dragging, and on release
const by = (id) => document.getElementById(id);

let page = null; // what the server said at the start
let settings = {}, baseline = {};
let answer = null;
let asking = false, wanted = null, asked = 0;
const rows = new Map(); // controls by path

const say = (key, values = {}) => {
  let text = page.words[key];
  if (typeof text === "object") text = values.n === 1 ? text.one : text.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
};

function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// --- asking: one request at a time, the newest setting next, late answers dropped

function ask(runs, announce) {
  wanted = { runs, announce, settings: { ...settings }, baseline: { ...baseline } };
  if (!asking) next();
}

async function next() {
  const { runs, announce, ...now } = wanted;
  wanted = null;
  asking = true;
  const number = ++asked;
  try {
    const found = await backend.ask({ open: page.open, runs, ...now });
    if (number !== asked) return; // of a file that another has taken the place of
    if (found.problems) problem(found.problems);
    else show(found, announce && !wanted);
  } catch {
    problem([say("gone")]);
  }
  asking = false;
  if (wanted) next();
}

function show(found, announce) {
  answer = found;
  render();
  if (found.busy) status(say("busy", { n: found.runs.toLocaleString() }), "busy");
  else if (by("status").className === "busy") status("");
  if (announce) by("live").textContent = unbroken(answer.sentence);
}

const unbroken = (text) => text.replaceAll(" %", "\u00a0%");

// The baseline's chances follow from the answer: all but those of leaving are not compared.
function before() {
  if (Object.keys(settings).length === 0 && Object.keys(baseline).length === 0) return null;
  const teams = answer.teams.filter((each) => each.change).map((each) => ({ id: each.id, chance: { p: each.chance.p - each.change.p } }));
  return { teams };
}

function render() {
  about(backend.file && Object.keys(settings).length ? null : page.hash);
  by("sentence").textContent = unbroken(answer.sentence);
  draw(by("figure"), page.teams, answer, before(), say(`alt_${answer.judged}`, { sentence: answer.sentence }));
  const legend = say(`legend_${answer.judged}`, { n: answer.runs.toLocaleString() });
  by("legend").textContent = [legend, ...(before() ? [say("legend_baseline")] : []), ...(isBare(settings) ? [say("bare")] : [])].join(" ");
  table();
}

// Whether the facts of the file are left out: a control of its own, and no value of the file.
const isBare = (of) => of.facts === false;

function table() {
  const compared = before() !== null && answer.teams.some((each) => each.change);
  const caption = !compared ? say("caption_alone") : isBare(settings) === isBare(baseline) ? say("caption") : say("caption_facts");
  const head = make("tr", {}, ...["team", answer.judged, "interval", ...(compared ? ["change"] : [])].map((key) => make("th", { scope: "col", textContent: say(`column_${key}`) })));
  const percent = (p) => `${(100 * p).toFixed(0)}`;
  const names = new Map(page.teams.map((team) => [team.id, team.name]));
  const body = listed(answer.teams).map((each) => make("tr", {},
    make("th", { scope: "row", textContent: names.get(each.id) }),
    make("td", { textContent: each.chance.p === null ? "–" : say("percent", { p: each.chance.text }) }),
    make("td", { textContent: each.chance.p === null ? "–" : spanned(percent(each.chance.low), percent(each.chance.high)) }),
    ...(compared ? [changeCell(each.change)] : []),
  ));
  by("table").replaceChildren(make("caption", { textContent: caption }), make("thead", {}, head), make("tbody", {}, ...body));
}

function changeCell(change) {
  if (change.text === "0") return make("td", { textContent: "0" });
  return make("td", {}, change.text.replace("-", "−"), " ", make("small", { textContent: `(${signed(change.low)} … ${signed(change.high)})` }));
}

const signed = (p) => {
  const size = (100 * Math.abs(p)).toFixed(1);
  return Number(size) === 0 ? "0.0" : `${p < 0 ? "−" : "+"}${size}`;
};
const spanned = (low, high) => (low === high ? low : `${low}–${high}`);

// A problem stays until something is moved: the answer that comes in between has not solved it.
function status(text, kind = "") {
  by("status").className = kind;
  by("status").textContent = text;
}

function problem(lines) {
  status(lines.join("\n"), "problem");
}

// --- controls

// Three digits, as people type them; whole numbers where nothing else makes sense.
function rounded(control, value) {
  const digits = control.whole || (control.unit === "GPUs" && value >= 100) ? Math.round(value) : Number(value.toPrecision(3));
  return Math.min(control.high, Math.max(control.low, digits));
}

const STEPS = 200;
function toPlace(control, value) {
  const { low, high } = control;
  const share = control.scale === "log" ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.round(STEPS * share);
}
function fromPlace(control, place) {
  const { low, high } = control, share = place / STEPS, ends = inward(control);
  if (place <= 0) return ends.low;
  if (place >= STEPS) return ends.high;
  return rounded(control, control.scale === "log" ? low * (high / low) ** share : low + share * (high - low));
}

// The ends of a control in three digits, none beyond it.
function inward({ low, high }) {
  const size = 10 ** (Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high), 1e-9))) - 2);
  const shown = (value) => Number(value.toPrecision(12));
  return { low: shown(Math.ceil(low / size - 1e-9) * size), high: shown(Math.floor(high / size + 1e-9) * size) };
}

const unitOf = (control) => page.words[`unit.${control.unit}`] || control.unit;
const told = (value, control) => `${value.toLocaleString(page.lang)} ${unitOf(control)}`.trim();

function put(path, value) {
  status("");
  const control = rows.get(path).control;
  if (value === undefined || value === standard(control)) delete settings[path];
  else settings[path] = value;
}
const isListed = (control) => control.values.length > 0;
// A number that has no value of its own until it is moved: it is drawn, or follows another control.
const unset = (control) => (control.follows ? say("as_all") : control.uncertain ? say("drawn") : "");
// What is not moved: the file's own value, if it has one.
const standard = (control) => (isListed(control) ? control.values[0] : unset(control) ? undefined : control.value);

function numberRow(control, i) {
  const range = make("input", { type: "range", id: `r${i}`, min: 0, max: STEPS, step: 1 });
  const number = make("input", { type: "number", step: "any", min: control.low, max: control.high });
  number.setAttribute("aria-labelledby", `l${i}`);
  const note = control.uncertain ? say("uncertain") : control.guess ? say("guess") : "";
  const label = make("label", { id: `l${i}`, htmlFor: `r${i}` }, `${control.name}${control.unit ? ` (${unitOf(control)})` : ""} `, make("span", { className: "mark", textContent: note }));
  const row = make("div", { className: "control" }, label, range, number);
  const display = () => {
    const moved = control.path in settings, value = settings[control.path] ?? settings[control.follows] ?? control.value;
    range.value = toPlace(control, value);
    number.value = moved || !unset(control) ? String(Number(value.toPrecision(12))) : "";
    number.placeholder = unset(control);
    range.setAttribute("aria-valuetext", moved || !unset(control) ? told(value, control) : unset(control));
    row.classList.toggle("moved", moved);
  };
  const move = (value, runs, release) => {
    put(control.path, value);
    display();
    rows.forEach((each) => each.control.follows === control.path && each.display());
    ask(runs, release);
    if (release) remember();
  };
  range.addEventListener("input", () => move(fromPlace(control, Number(range.value)), RUNS.drag, false));
  range.addEventListener("change", () => move(fromPlace(control, Number(range.value)), RUNS.release, true));
  number.addEventListener("change", () => {
    if (number.value === "") return move(undefined, RUNS.release, true);
    const value = Number(number.value);
    if (!(value >= control.low && value <= control.high)) {
      problem([say("outside", { name: control.name, ...inward(control), value: number.value })]);
      display();
      return undefined;
    }
    return move(value, RUNS.release, true);
  });
  return { control, row, display };
}

function choiceRow(control, i) {
  const select = make("select", { id: `r${i}` }, ...control.labels.map((text, k) => make("option", { value: k, textContent: text })));
  const row = make("div", { className: "control" }, make("label", { htmlFor: `r${i}`, textContent: control.name }), select);
  const display = () => {
    const value = control.path in settings ? settings[control.path] : control.values[0];
    select.value = control.values.findIndex((each) => JSON.stringify(each) === JSON.stringify(value));
    row.classList.toggle("moved", control.path in settings);
  };
  select.addEventListener("change", () => {
    put(control.path, control.values[Number(select.value)]);
    display();
    ask(RUNS.release, true);
    remember();
  });
  return { control, row, display };
}

function build() {
  rows.clear();
  const groups = new Map();
  page.controls.filter((each) => !each.fixed).forEach((control, i) => {
    const row = isListed(control) ? choiceRow(control, i) : numberRow(control, i);
    rows.set(control.path, row);
    if (!groups.has(control.kind)) groups.set(control.kind, []);
    groups.get(control.kind).push(row.row);
  });
  by("controls").replaceChildren(...[...groups].map(([kind, of]) => make("fieldset", {}, make("legend", { textContent: say(`kind_${kind}`) }), ...of)));
  const fixed = page.controls.filter((each) => each.fixed);
  const why = new Map();
  fixed.forEach((each) => why.set(each.fixed, [...(why.get(each.fixed) || []), each.name]));
  by("fixed").replaceChildren(make("summary", { textContent: say("fixed", { n: fixed.length }) }),
    ...[...why].map(([reason, names]) => make("p", {}, make("strong", { textContent: `${say(`fixed_${reason}`)} ` }), [...new Set(names)].join("; "))));
  by("buttons").replaceChildren(
    make("button", { type: "button", textContent: say("pin"), onclick: pin }),
    make("button", { type: "button", textContent: say("reset"), onclick: reset }),
    ...(backend.file ? [make("button", { type: "button", textContent: say("download"), onclick: download })] : []));
  if (backend.facts) buildFacts();
  by("programme").textContent = `${page.name} · ${say("known", { date: page.date })}`;
  document.title = page.name;
  document.documentElement.lang = page.lang;
}

// The hash of the file as it is set now: that of what is moved is known once it is downloaded.
function about(hash) {
  const [known, moved] = isBare(settings) ? [say("about_bare"), say("about_bare_moved")] : [say("about"), say("about_moved")];
  by("about").replaceChildren(...(hash ? [known, " ", make("code", { textContent: hash.slice(0, 16) })] : [moved]));
}

// --- what the facts moved: asked for when it is opened, a fact at a time where all is at hand

function factsOf(found) {
  const lines = found.lines.map((text) => make("p", { textContent: text }));
  if (found.done < found.of) lines.push(make("p", { textContent: say("facts_waiting", { done: found.done, of: found.of }) }));
  if (!found.rows.length) return lines;
  const heads = [say("facts_fact"), ...(found.heads.length ? found.heads : [say("facts_change")])];
  const rows = found.rows.map(([title, source, ...cells]) => make("tr", {}, make("th", { scope: "row" }, title, make("small", { textContent: source })), ...cells.map((text) => make("td", { textContent: text }))));
  const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col", textContent: text })));
  const table = make("table", {}, make("caption", { textContent: say("facts_caption") }), make("thead", {}, head), make("tbody", {}, ...rows));
  const slid = make("div", { className: "slid", tabIndex: 0, role: "region", ariaLabel: say("facts_title") }, table);
  return [...lines, slid, make("p", { className: "note", textContent: say("facts_dice") })];
}

async function tellFacts() {
  const here = page, holder = by("facts").lastElementChild;
  try {
    for (let found = null; by("facts").open && page === here && (!found || found.done < found.of);) {
      found = await backend.facts({ open: here.open });
      if (page !== here) return;
      if (found.problems) throw new Error(found.problems.join("\n"));
      holder.replaceChildren(...factsOf(found));
    }
  } catch (error) {
    problem([error.message]);
  }
}

function buildFacts() {
  const details = by("facts");
  details.hidden = !page.controls.some((each) => each.kind === "facts");
  details.open = false;
  details.replaceChildren(make("summary", { textContent: say("facts_title") }), make("div"));
  details.ontoggle = () => details.open && tellFacts();
}

function display() {
  rows.forEach((row) => row.display());
}

function pin() {
  baseline = { ...settings };
  ask(RUNS.release, false);
  status(say("pinned"));
}

function reset() {
  settings = {};
  baseline = {};
  status("");
  display();
  remember();
  ask(RUNS.release, true);
}

async function download() {
  const found = await backend.file({ open: page.open, settings });
  if (found.problems) return problem(found.problems);
  about(found.hash);
  const link = make("a", { href: `data:text/yaml;charset=utf-8,${encodeURIComponent(found.text)}`, download: "moved.yaml" });
  link.click();
  return undefined;
}

// --- the address holds what is moved; Back undoes a release

function remember() {
  const moved = Object.entries(settings).map(([path, value]) => `${encodeURIComponent(path)}=${encodeURIComponent(JSON.stringify(value))}`);
  try {
    history.pushState(null, "", `${location.pathname}${location.search}#${moved.join("&")}`);
  } catch {
    // Where a mail program shows a page, it may have no address of its own.
  }
}

function recall() {
  settings = {};
  const wrong = [];
  for (const part of location.hash.slice(1).split("&").filter(Boolean)) {
    const [path, text] = part.split("=").map(decodeURIComponent);
    let value;
    try { value = JSON.parse(text); } catch { value = undefined; }
    const row = rows.get(path), control = row && row.control;
    const fits = control && (isListed(control)
      ? control.values.some((each) => JSON.stringify(each) === JSON.stringify(value))
      : typeof value === "number" && value >= control.low && value <= control.high);
    if (fits) put(path, value);
    else wrong.push(say("not_here", { path, value: text ?? "" }));
  }
  display();
  if (wrong.length) problem(wrong);
}

function begin(found) {
  page = found;
  asked++;
  asking = false;
  settings = {};
  baseline = {};
  answer = page.answer;
  build();
  foldTeams(page, rows);
  recall();
  render();
  ask(RUNS.release, false);
}

addEventListener("popstate", () => {
  if (!page) return;
  recall();
  ask(RUNS.release, true);
});
document.fonts.addEventListener("loadingdone", (event) => {
  if (event.fontfaces.length) document.body.classList.add("lettered");
});
addEventListener("resize", () => answer && render());
if (backend.drop) {
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  addEventListener("dragleave", () => document.body.classList.remove("dropping"));
  addEventListener("drop", async (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    const file = event.dataTransfer.files[0];
    if (!file) return;
    const found = await backend.drop({ text: await file.text() });
    if (found.problems) problem(found.problems);
    else {
      history.pushState(null, "", `${location.pathname}${location.search}`);
      begin(found);
    }
  });
}

backend.start().then((found) => (found.problems ? Promise.reject(new Error(found.problems.join("\n"))) : begin(found)))
  .catch((error) => problem([error.message]));
