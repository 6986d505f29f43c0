"use strict";
// Sort a table by a click on a column's head; search in claims, studies, methods and problems; Escape closes a picture.
(() => {
  const order = new Intl.Collator("en", { numeric: true }).compare;
  const key = (row, place) => {
    const cell = row.cells[place];
    return cell.dataset.key ?? cell.textContent.trim();
  };
  const value = (text) => {
    if (text === "inf" || text === "-inf") return text === "inf" ? Infinity : -Infinity;
    return text === "" || text === "nan" ? NaN : Number(text.replace("−", "-"));
  };
  const sort = (table, place, falling) => {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, text: key(row, place) }));
    const numeric = rows.every(({ text }) => ["", "nan", "–"].includes(text) || !Number.isNaN(value(text)));
    const unknown = ({ text }) => text === "" || text === "–" || (numeric && Number.isNaN(value(text)));
    rows.sort((a, b) => {
      if (unknown(a) || unknown(b)) return unknown(a) - unknown(b);
      const [x, y] = [value(a.text), value(b.text)];
      const sign = numeric ? (x > y) - (x < y) : order(a.text, b.text);
      return falling ? -sign : sign;
    });
    body.append(...rows.map(({ row }) => row));
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, place) => {
      if (!head.textContent.trim() || head.querySelector("a")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const falling = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", falling ? "descending" : "ascending");
        sort(table, place, falling);
      });
    });
  }

  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const places = [...document.querySelectorAll("[data-search]")].map((place) => ({
    place,
    text: place.textContent.toLowerCase(),
  }));
  search.hidden = false;
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { place, text } of places) {
      const there = words.every((word) => text.includes(word));
      place.classList.toggle("unfound", !there);
      shown += there && place.classList.contains("claim");
    }
    found.textContent = words.length ? `${shown} claims` : "";
  });

  document.addEventListener("keydown", (event) => {
    const open = document.querySelector("figure:target");
    if (event.key === "Escape" && open) location.replace(`#at-${open.id}`);
  });
  if (matchMedia("(max-width: 62rem)").matches) document.querySelector(".contents").open = false;
})();
