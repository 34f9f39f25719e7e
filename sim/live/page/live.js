"use strict";
// Answers by the kernel, from the luck that travels in the page. What differs from the counts that the engine left
// here is not shown: the table of the file's own values stays.

const embedded = (id) => document.getElementById(id).textContent;

function bytesOf(text) {
  const raw = atob(text.trim()), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

// Who leaves at any stage, by team and run.
function leaving(kernel, settings) {
  const stages = kernel.play(settings), last = stages[stages.length - 1];
  return Uint8Array.from(last, (fate) => (fate === FATE.KEPT ? 0 : 1));
}

// What is drawn, as the server's answers have it (sim/explorer/answers.py).
class LiveAnswers {
  constructor(data, kernel) {
    Object.assign(this, { data, kernel });
    this.last = { key: null, left: null };
  }

  leftAt(settings) {
    const key = JSON.stringify(settings);
    if (this.last.key !== key) this.last = { key, left: leaving(this.kernel, settings) };
    return this.last.left;
  }

  answer({ settings, baseline }) {
    const { page, kernel } = this.data, isAsFiled = Object.keys(settings).length === 0;
    if (isAsFiled && Object.keys(baseline).length === 0) return page.answer;
    const before = this.leftAt(baseline).slice(), now = leaving(this.kernel, settings);
    this.leftAt(baseline);
    const certain = certainAt(this.kernel, settings);
    const found = kernel.teams.map((_, t) => this.ofTeam(before, now, t, certain[t]));
    const teams = found.map(({ chance, change }, t) => ({ id: kernel.teams[t], chance, change }));
    return { runs: kernel.runs, judged: page.answer.judged, teams, sentence: this.sentence(settings, found.map((each) => each.chance)) };
  }

  ofTeam(before, now, t, certain) {
    const { runs, islands, interval } = this.data.kernel, groups = islands || 1;
    const counts = Array.from({ length: groups }, () => [0, 0, 0, 0]); // runs, now, now only, before only
    for (let r = 0, i = t * runs; r < runs; r++, i++) {
      const of = counts[r % groups];
      of[0]++;
      of[1] += now[i];
      of[2] += now[i] & ~before[i];
      of[3] += before[i] & ~now[i];
    }
    const [, left, b, c] = counts.reduce((sum, of) => sum.map((x, k) => x + of[k]));
    const shares = islands ? counts.map((of) => of[1] / of[0]) : [], changes = islands ? counts.map((of) => (of[2] - of[3]) / of[0]) : [];
    const chance = certain === null ? chanceOf(left, runs, shares, interval) : { p: certain, low: certain, high: certain, text: `${100 * certain}` };
    const all = certain === null ? chanceOf(left, runs, shares, interval.all) : chance;
    return { chance: { ...chance, all, certain }, change: changeOf(b, c, runs, changes, interval) };
  }

  sentence(settings, chances) {
    const { page, judge: said } = this.data;
    if (said === null) return page.words.live_moved_many;
    return judge(chances, said.alike && !said.unlike.some((path) => path in settings), said);
  }
}

const live = { data: JSON.parse(embedded("data")), answers: null };

const backend = {
  runs: { drag: live.data.kernel.runs, release: live.data.kernel.runs },
  async start() {
    await new Promise((resolve) => { setTimeout(resolve); }); // the table is drawn first
    const kernel = new Kernel(live.data.kernel, readColumns(bytesOf(embedded("luck")), live.data.kernel.runs));
    if (!agrees(kernel)) throw new Error(live.data.page.words.live_disagrees);
    live.answers = new LiveAnswers(live.data, kernel);
    document.getElementById("still-style").media = "print";
    document.getElementById("page-style").media = "screen";
    document.body.classList.add("live");
    return live.data.page;
  },
  ask: async (asked) => live.answers.answer(asked),
};
