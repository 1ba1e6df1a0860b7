
"use strict";
// Sorts and filters the table, and opens what is folded before the page is
// printed. Without it the page says the same.
(() => {
  const table = document.getElementById("table");
  const opened = [];
  addEventListener("beforeprint", () => {
    for (const d of document.querySelectorAll("details:not([open])")) {
      d.open = true;
      opened.push(d);
    }
  });
  addEventListener("afterprint", () => {
    for (const d of opened.splice(0)) d.open = false;
  });
  if (!table) return;

  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const collator = new Intl.Collator("en", {numeric: true});

  // What a cell is sorted by: what the page has for it, or its text.
  const key = (cell) => "number" in cell.dataset ? Number(cell.dataset.number) : cell.dataset.name ?? cell.textContent.trim();
  const keys = rows.map((row) => [...row.cells].map(key));
  const place = new Map(rows.map((row, i) => [row, i]));

  const sort = (column, direction) => {
    heads.forEach((head, i) => {
      if (i === column && direction) head.setAttribute("aria-sort", direction);
      else head.removeAttribute("aria-sort");
    });
    const sign = direction === "descending" ? -1 : 1;
    const order = [...rows];
    if (direction) {
      order.sort((a, b) => {
        const x = keys[place.get(a)][column], y = keys[place.get(b)][column];
        const by = typeof x === "number" ? x - y : collator.compare(x, y);
        return sign * by || place.get(a) - place.get(b);
      });
    }
    body.append(...order);
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    // Amounts begin with the most. The third time, the order of the report.
    const turns = head.classList.contains("amount") ? ["descending", "ascending", ""] : ["ascending", "descending", ""];
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort") || "";
      sort(column, turns[(turns.indexOf(now) + 1) % turns.length]);
    });
  });

  const form = document.getElementById("filter");
  const search = document.getElementById("search");
  const change = document.getElementById("change");
  const shown = document.getElementById("shown");
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const filter = () => {
    const word = search.value.trim().toLowerCase();
    let count = 0;
    rows.forEach((row, i) => {
      row.hidden = !texts[i].includes(word) || (change.value !== "" && row.dataset.change !== change.value);
      if (!row.hidden) count++;
    });
    const all = rows.length === 1 ? "1 tenant" : `${rows.length} tenants`;
    shown.value = count === rows.length ? all : `${count} of ${all}`;
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", filter);
  change.addEventListener("change", filter);
  filter();
})();
