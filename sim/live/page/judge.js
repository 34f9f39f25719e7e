"use strict";
// Says who stands out, as the program does (sim/findings/headline.py), and what the rules alone decide
// (sim/rules/certain.py), of programmes that the kernel takes. Tests hold its sentences to the program's.

// What the rules alone say of the leaving of each team: 0, 1, or null where dice decide.
function certainAt({ data, teams }, settings) {
  const leaves = leavesAt(data, settings), every = Array(teams).fill(0);
  // What is drawn could be anything: then nothing is certain.
  const known = (leaf) => (leaf === null || leaves[leaf].length > 1 ? null : leaves[leaf][0]);
  const mayBeThere = every.map(() => true), mustBeThere = every.map(() => true);
  let most = teams;
  for (const { held, cut, gate } of data.plan.stages) {
    if (!leaves[held][0]) break; // and so with all that follow
    const [fewest, greatest] = keptOf(cut, known, most);
    const keepsAll = fewest === most && cut.within === null && (cut.minimum === null || known(cut.minimum) === 0);
    every.forEach((_, t) => {
      const risk = gate ? known(gate.risk[t]) : 0, isSureToFail = risk !== null && risk >= 1;
      if (greatest === 0 || isSureToFail) mayBeThere[t] = false;
      if ((!keepsAll && !isSureToFail) || risk !== 0) mustBeThere[t] = false;
    });
    most = greatest;
  }
  return every.map((_, t) => (!mayBeThere[t] ? 1 : mustBeThere[t] ? 0 : null));
}

// The least and the greatest number of teams that a cut leaves of `most`.
function keptOf(cut, known, most) {
  const leaf = cut.keep ?? cut.drop, number = known(leaf);
  if (leaf === null) return [most, most];
  if (number === null) return [0, most];
  const rounded = Math.floor(number + 0.5), kept = cut.keep === null ? most - rounded : rounded;
  return [Math.max(Math.min(kept, most), 0), Math.max(Math.min(kept, most), 0)];
}

// How teams compare: a kind of sentence, and the places of those above, or below, all others.
function compare(chances, areAlike) {
  const certain = chances.map((one) => one.certain), places = chances.map((_, t) => t);
  if (!certain.includes(null)) {
    const most = places.filter((t) => certain[t] === 1), least = places.filter((t) => certain[t] === 0);
    return { kind: most.length === 0 ? "nobody" : least.length === 0 ? "everybody" : "settled", most, least };
  }
  if (chances.length === 1) return { kind: "alone", most: [], least: [] };
  if (areAlike) return { kind: "alike", most: [], least: [] };
  if (Math.max(...chances.map((one) => one.all.low)) <= Math.min(...chances.map((one) => one.all.high))) return { kind: "level", most: [], least: [] };
  const most = apart(chances, 1), least = apart(chances, -1);
  return most.length && least.length ? { kind: "apart", most, least } : { kind: "unclear", most: [], least: [] };
}

// The smallest group whose intervals lie above those of all others, or below; by place.
function apart(chances, sign) {
  const ends = chances.map(({ all }) => [sign * all.low, sign * all.high].sort((a, b) => a - b));
  const ranked = chances.map((_, t) => t).sort((a, b) => sign * (chances[b].p - chances[a].p));
  for (let size = 1; size < ranked.length; size++) {
    const group = ranked.slice(0, size), others = ranked.slice(size);
    if (Math.min(...group.map((t) => ends[t][0])) > Math.max(...others.map((t) => ends[t][1]))) return group;
  }
  return [];
}

// The first sentence about chances; `forms` has its wordings, and `groups` the names of teams by the bits of their places.
function judge(chances, areAlike, { forms, groups }) {
  const { kind, most, least } = compare(chances, areAlike), everybody = chances.map((_, t) => t);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
  const named = (group) => groups[group.reduce((bits, t) => bits | (1 << t), 0)];
  const span = (group) => {
    const ranked = group.map((t) => chances[t]).sort((a, b) => a.p - b.p), [low, high] = [ranked[0].text, ranked[ranked.length - 1].text];
    return { low, high, all: low === high ? low : fill(forms.from_to, { low, high }) };
  };
  const mean = chances.reduce((sum, one) => sum + one.p, 0) / chances.length;
  const shared = percentText(mean, Math.min(...chances.map((one) => one.low)), Math.max(...chances.map((one) => one.high)));
  const chance = fill(forms[{ "<": "below_chance", ">": "above_chance" }[shared[0]] ?? "about_chance"], { p: shared.replace(/^[<>]/, "") });
  const n = most.length || everybody.length, form = forms[kind];
  return fill(typeof form === "string" ? form : n === 1 ? form.one : form.other, {
    teams: named(everybody), chance, n, most: named(most), least: named(least),
    p: most.length ? span(most).all : span(everybody).high, q: least.length ? span(least).all : span(everybody).low,
  });
}

if (typeof module !== "undefined") module.exports = { certainAt, judge };
