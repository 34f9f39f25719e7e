"use strict";
// Where teams are many, the page shows some of them and says so, and their own controls one team at a time.

const MOST_TEAMS = 32; // that all have a row, as in tables of the program
const FIRST_TEAMS = 12; // of more those that stay most often with the file as it is

const many = { page: null, shown: null, all: false };

// The teams that have a row; who is moved has one, too.
function listed(teams) {
  if (!many.shown || many.all) return teams;
  const moved = teamsMoved();
  return teams.filter((team) => many.shown.has(team.id) || moved.has(team.id));
}

const teamOf = (path) => (path.startsWith("teams.") ? path.split(".")[1] : "");
const teamsMoved = () => new Set(Object.keys(settings).map(teamOf));

// Called once a file is open: which teams have a row, and where their controls stand.
function foldTeams(found, controls) {
  many.page = found;
  many.all = false;
  many.shown = found.teams.length > MOST_TEAMS ? new Set(mostLikely(found.answer).slice(0, FIRST_TEAMS)) : null;
  by("rest")?.remove();
  if (!many.shown) return;
  const button = make("button", { type: "button", onclick: () => { many.all = !many.all; render(); } });
  by("figure").after(make("p", { id: "rest" }, make("span"), " ", button));
  foldControls(found.teams, [...controls.values()].filter(({ control }) => teamOf(control.path)));
}

function mostLikely(of) {
  const sign = of.judged === "selected" ? -1 : 1;
  return [...of.teams].sort((a, b) => sign * (a.chance.p - b.chance.p)).map((team) => team.id);
}

// What is said below the figure: how many teams have a row, and between which chances the others lie.
function tellRest() {
  if (!many.shown) return;
  const [told, button] = by("rest").children, teams = listed(answer.teams), ids = new Set(teams.map((team) => team.id));
  const rest = answer.teams.filter((team) => !ids.has(team.id)).sort((a, b) => a.chance.p - b.chance.p);
  const [low, high] = [rest[0], rest[rest.length - 1]].map((team) => team?.chance.text);
  const numbers = { shown: teams.length, n: rest.length, low, high };
  told.textContent = rest.length === 0 ? "" : low === high ? say("rest_alike", numbers) : say("rest", numbers);
  button.textContent = many.all ? say("show_some", { shown: FIRST_TEAMS }) : say("show_all", { n: answer.teams.length });
}

// The numbers of each team in a block of their own, in which one team is chosen; what is moved stays in sight.
function foldControls(teams, ofTeams) {
  const movable = teams.filter((team) => ofTeams.some(({ control }) => teamOf(control.path) === team.id));
  if (!movable.length) return;
  const select = make("select", { id: "team" }, ...movable.map((team) => make("option", { value: team.id, textContent: team.name })));
  const choose = () => ofTeams.forEach(({ control, row }) => row.classList.toggle("aside", teamOf(control.path) !== select.value));
  select.addEventListener("change", choose);
  const label = make("label", { htmlFor: "team", textContent: say("one_team") });
  by("controls").append(make("fieldset", {}, make("legend", { textContent: say("kind_team") }),
    make("div", { className: "control" }, label, select), ...ofTeams.map(({ row }) => row)));
  choose();
}
