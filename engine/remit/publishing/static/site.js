// Search over the prebuilt index, and a key to reach it. Everything else on these pages works without a script.
"use strict";
(() => {
  const field = document.getElementById("find");
  const SHOWN = 60;

  addEventListener("keydown", (press) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (press.key === "/" && !typing && !press.ctrlKey && !press.metaKey && !press.altKey) {
      press.preventDefault();
      field.focus();
      field.select();
    }
  });

  const list = document.getElementById("found");
  const rows = globalThis.SITE_INDEX;
  if (!list || !rows) return;

  const told = document.getElementById("told");
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const entries = rows.map(([kind, title, beneath, href, more]) => (
    { kind, title, beneath, href, head: plain(title), body: plain(`${beneath} ${more}`) }));

  // All words must stand somewhere; a title that is the word, begins with it or holds it goes first.
  const rank = (entry, words, whole) => {
    let score = entry.head === whole ? 100 : entry.head.startsWith(whole) ? 20 : 0;
    for (const word of words) {
      if (entry.head.includes(word)) score += 10;
      else if (entry.body.includes(word)) score += 1;
      else return 0;
    }
    return score;
  };

  const piece = (name, text, parent) => {
    const element = document.createElement(name);
    element.textContent = text;
    parent.append(element);
    return element;
  };

  const show = () => {
    const whole = plain(field.value.trim());
    list.replaceChildren();
    if (!whole) {
      told.textContent = told.dataset.start;
      return;
    }
    const words = whole.split(/\s+/);
    const hits = entries
      .map((entry, place) => ({ entry, place, score: rank(entry, words, whole) }))
      .filter((hit) => hit.score > 0)
      .sort((one, other) => other.score - one.score || one.place - other.place);
    for (const { entry } of hits.slice(0, SHOWN)) {
      const item = document.createElement("li");
      piece("span", entry.kind, item).className = "kind";
      piece("a", entry.title, item).href = entry.href;
      if (entry.beneath) piece("span", entry.beneath, item).className = "muted";
      list.append(item);
    }
    const form = hits.length === 0 ? "none" : hits.length > SHOWN ? "many" : "some";
    told.textContent = told.dataset[form].replace("{n}", hits.length).replace("{m}", SHOWN);
  };

  const step = (press) => {
    if (press.key !== "ArrowDown" && press.key !== "ArrowUp") return;
    const stops = [field, ...list.querySelectorAll("a")];
    const here = stops.indexOf(document.activeElement);
    const next = stops[here + (press.key === "ArrowDown" ? 1 : -1)];
    if (here < 0 || !next) return;
    press.preventDefault();
    next.focus();
  };

  field.value = new URLSearchParams(location.search).get("q") ?? "";
  field.addEventListener("input", show);
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.focus();
  });
  addEventListener("keydown", step);
  show();
  field.focus();
})();
