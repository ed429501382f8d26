// The search, and the paths in the graph. Everything else is there without it.
"use strict";

const form = document.querySelector("form[role=search]");
const field = form.querySelector("input");
form.hidden = false;

const index = document.getElementById("search-index");
if (index) {
  const models = JSON.parse(index.textContent);
  const results = document.getElementById("results");

  const entry = (model, columns) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `model/${model.name}.html`;
    link.textContent = model.name;
    item.append(link);
    columns.forEach((column, place) => {
      const to = document.createElement("a");
      to.href = `model/${model.name}.html#column-${column}`;
      to.textContent = column;
      item.append(place ? ", " : ": ", to);
    });
    return item;
  };

  const search = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    results.hidden = words.length === 0;
    if (results.hidden) return;
    const holds = (text) => words.every((word) => text.toLowerCase().includes(word));
    const found = [];
    for (const model of models) {
      const columns = model.columns.filter(holds);
      const rank = holds(model.name) ? 0 : columns.length ? 1 : holds(model.text) ? 2 : 3;
      if (rank < 3) found.push([rank, model, columns]);
    }
    found.sort((one, other) => one[0] - other[0]);
    const list = document.createElement("ul");
    list.append(...found.map(([, model, columns]) => entry(model, columns)));
    const head = document.createElement("strong");
    head.textContent = found.length === 1 ? "1 model" : `${found.length} models`;
    results.replaceChildren(head, list);
  };

  field.value = new URLSearchParams(location.search).get("q") || "";
  field.addEventListener("input", search);
  form.addEventListener("submit", (event) => event.preventDefault());
  search();
}

for (const picture of document.querySelectorAll("svg.lineage")) {
  const paths = [...picture.querySelectorAll("path[data-from]")];
  const boxes = [...picture.querySelectorAll("a[data-node]")];

  // The paths that lead to a box in one direction, near and far.
  const reach = (start, from, to) => {
    const seen = new Set([start]);
    const lit = new Set();
    for (const at of seen) {
      for (const path of paths) {
        if (path.dataset[from] === at) {
          lit.add(path);
          seen.add(path.dataset[to]);
        }
      }
    }
    return [seen, lit];
  };

  const light = (box) => {
    const [below, onward] = reach(box.dataset.node, "from", "to");
    const [above, back] = reach(box.dataset.node, "to", "from");
    picture.classList.add("lit");
    for (const path of paths) path.classList.toggle("on", onward.has(path) || back.has(path));
    for (const other of boxes) other.classList.toggle("on", below.has(other.dataset.node) || above.has(other.dataset.node));
  };

  for (const box of boxes) {
    box.addEventListener("pointerenter", () => light(box));
    box.addEventListener("focus", () => light(box));
    box.addEventListener("pointerleave", () => picture.classList.remove("lit"));
    box.addEventListener("blur", () => picture.classList.remove("lit"));
  }
}
