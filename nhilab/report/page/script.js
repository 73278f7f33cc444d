
"use strict";
(() => {
  const collator = new Intl.Collator("en", { numeric: true });

  // Sorting: by the number behind a cell, or its text; what has no number comes last, ties keep their order.
  const compared = (numeric, sign) => (a, b) => {
    if (!numeric) return sign * collator.compare(a.textContent.trim(), b.textContent.trim());
    const [x, y] = [a, b].map((cell) => cell.dataset.value);
    if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
    return x === y ? 0 : sign * (Number(x) < Number(y) ? -1 : 1);
  };

  for (const table of document.querySelectorAll("table[data-sortable]")) {
    const body = table.tBodies[0];
    const written = [...body.rows];
    const headings = [...table.tHead.rows[0].cells];
    headings.forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const order = { ascending: "descending", descending: "" }[heading.getAttribute("aria-sort")] ?? "ascending";
        for (const other of headings) other.removeAttribute("aria-sort");
        const rows = [...written];
        if (order) {
          heading.setAttribute("aria-sort", order);
          const compare = compared("numeric" in heading.dataset, order === "ascending" ? 1 : -1);
          rows.sort((a, b) => compare(a.cells[column], b.cells[column]));
        }
        body.append(...rows);
      });
    });
  }

  // Strategies: rows, verdicts and what of the pictures says whose it is.
  const filter = document.getElementById("filter");
  if (filter) {
    const boxes = [...filter.querySelectorAll("input")];
    const show = () => {
      const off = boxes.filter((box) => !box.checked);
      const names = new Set(off.map((box) => box.value));
      for (const part of document.querySelectorAll("[data-strategy]")) {
        part.toggleAttribute("hidden", names.has(part.dataset.strategy));
      }
      const said = off.map((box) => box.parentElement.textContent.trim()).join(", ");
      document.getElementById("hidden").textContent = said && `Hidden: ${said}.`;
    };
    filter.addEventListener("change", show);
    document.getElementById("all").addEventListener("click", () => {
      for (const box of boxes) box.checked = true;
      show();
    });
    filter.hidden = false;
    show();
  }

  // Light or dark: the system's, until chosen otherwise.
  const theme = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const press = () => {
    const chosen = document.documentElement.dataset.theme;
    theme.setAttribute("aria-pressed", String(chosen ? chosen === "dark" : dark.matches));
  };
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = theme.getAttribute("aria-pressed") === "true" ? "light" : "dark";
    press();
  });
  dark.addEventListener("change", press);
  theme.hidden = false;
  press();

  // On paper nothing is folded.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const part of folded) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of folded) part.open = false;
  });
})();
