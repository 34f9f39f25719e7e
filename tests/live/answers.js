"use strict";
// Answers of a live page, without a browser: its scripts as they stand in the file, at settings that stand in another.
const fs = require("fs");
const vm = require("vm");

const [file, settings] = process.argv.slice(2);
const text = fs.readFileSync(file, "utf-8");
const of = (id) => text.match(new RegExp(`id="${id}">([\\s\\S]*?)</script>`))[1];
const script = text.match(/<script>([\s\S]*)<\/script>\s*<\/body>/)[1];
const untilPage = script.slice(0, script.indexOf("// Moves controls, asks for chances"));
const context = vm.createContext({
  document: { getElementById: (id) => (id.endsWith("style") ? {} : { textContent: of(id) }), body: { classList: { add() {} } } },
  atob: (coded) => Buffer.from(coded, "base64").toString("latin1"),
  setTimeout,
});
vm.runInContext(`${untilPage}\nglobalThis.backend = backend;`, context);
const asked = JSON.parse(fs.readFileSync(settings));
context.backend.start().then(async () => {
  const found = [];
  for (const each of asked) found.push(await context.backend.ask(each));
  console.log(JSON.stringify(found));
});
