// The one script. Everything works without it; it adds keys, completion, filtering of facet
// values and copying. It never acts while an input method is composing.
"use strict";

const box = document.getElementById("q");
const form = box && box.form;
const composing = (event) => event.isComposing || event.keyCode === 229;
const typing = (target) => target.closest("input, select, textarea, [contenteditable]");

// ---- keys: "/" to the box, n and p through the hits

const hits = [...document.querySelectorAll("main mark[id]")];
let here = -1;

// From the hit one is at; after scrolling away from it, from what is in view.
function next(step) {
  const tops = hits.map((hit) => hit.getBoundingClientRect().top);
  if (here >= 0 && tops[here] >= 0 && tops[here] < innerHeight) {
    return (here + step + hits.length) % hits.length;
  }
  const passed = tops.filter((top) => top < 80).length; // below the bar at the top
  return ((step > 0 ? passed : passed - 1) + hits.length) % hits.length;
}

// The counter beside the links: which hit one is at, and buttons to the next and previous one.
const counter = document.createElement("output");
const nav = document.querySelector(".hits-nav");
if (nav && hits.length > 1) {
  const button = (label, sign, step) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = sign;
    made.setAttribute("aria-label", label);
    made.title = label;
    made.addEventListener("click", () => go(step));
    return made;
  };
  counter.textContent = "–/" + hits.length;
  nav.querySelector(".hit-links").replaceWith(
    " ", button(nav.dataset.previous, "‹", -1), counter, button(nav.dataset.next, "›", 1));
}

function go(step) {
  if (!hits.length) return;
  if (here >= 0) hits[here].classList.remove("here");
  here = next(step);
  const hit = hits[here];
  hit.classList.add("here");
  hit.setAttribute("tabindex", "-1");
  hit.focus({ preventScroll: true });
  hit.scrollIntoView({ block: "center" });
  counter.textContent = here + 1 + "/" + hits.length;
}

document.addEventListener("keydown", (event) => {
  if (composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target)) return;
  if (event.key === "/" && box) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "n") go(1);
  else if (event.key === "p") go(-1);
});

// ---- the box: drop empty parameters, complete what is typed

if (form) {
  let list = null;
  let chosen = -1;
  let asked = 0;
  let timer = 0;
  let busy = false;

  const close = () => {
    if (list) list.remove();
    list = null;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const choose = (number) => {
    const items = [...list.children];
    chosen = (number + items.length) % items.length;
    items.forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    box.setAttribute("aria-activedescendant", items[chosen].id);
  };
  const take = (text) => {
    box.value = text;
    close();
    form.requestSubmit();
  };
  const show = (words) => {
    close();
    if (!words.length || document.activeElement !== box) return;
    list = document.createElement("ul");
    list.className = "suggestions";
    list.id = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.labels[0].textContent);
    words.forEach((word, number) => {
      const item = document.createElement("li");
      item.id = "suggestion-" + number;
      item.lang = "zh";
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.textContent = word;
      item.addEventListener("mousedown", (event) => event.preventDefault());
      item.addEventListener("click", () => take(word));
      list.append(item);
    });
    form.append(list);
    box.setAttribute("aria-expanded", "true");
  };
  const ask = async () => {
    const number = ++asked;
    const text = box.value.trim();
    if (!text) return close();
    const address = new URL(form.dataset.suggest, location.href);
    address.searchParams.set("q", text);
    address.searchParams.set("format", "opensearch");
    try {
      const answer = await fetch(address);
      const words = answer.ok ? (await answer.json())[1] : [];
      if (number === asked) show(words.filter((word) => word !== text).slice(0, 8));
    } catch { close(); }
  };

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-controls", "suggestions");
  box.addEventListener("compositionstart", () => { busy = true; clearTimeout(timer); });
  box.addEventListener("compositionend", () => { busy = false; later(); });
  const later = () => { clearTimeout(timer); timer = setTimeout(ask, 150); };
  box.addEventListener("input", (event) => { if (!busy && !event.isComposing) later(); });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (composing(event) || busy) return;
    if (event.key === "Escape") { close(); return; }
    if (!list) return;
    if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen < 0 ? -1 : chosen - 1); }
    else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); take(list.children[chosen].textContent); }
  });
}

document.addEventListener("submit", (event) => {
  for (const field of event.target.elements) {
    if (field.name && !field.value) field.disabled = true;
  }
  setTimeout(() => { for (const field of event.target.elements) field.disabled = false; });
});

// ---- a filter box over long facets

for (const facet of document.querySelectorAll(".facet[data-filter]")) {
  const values = [...facet.querySelectorAll(".value")];
  if (values.length < 8) continue;
  const field = facet.querySelector(".facet-filter") || document.createElement("input");
  const more = facet.querySelector("details");
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    for (const value of values) value.hidden = !value.dataset.name.toLowerCase().includes(wanted);
    if (more && wanted) more.open = true;
  });
  if (field.isConnected) continue; // of many values only some are here: Enter asks for the others
  field.type = "search";
  field.className = "facet-filter";
  field.setAttribute("aria-label", facet.dataset.filter);
  field.placeholder = facet.dataset.filter;
  facet.prepend(field);
}

// ---- copying: a citation with one click, in GB/T 7714; a second click shows every style

const main = document.getElementById("main");
const status = document.createElement("p");
status.className = "hidden";
status.setAttribute("role", "status");
document.body.append(status);

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a.cite");
  if (!link || link.dataset.copied) return;
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const address = new URL(link.href);
  address.searchParams.set("style", "gbt7714");
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.status);
    await navigator.clipboard.writeText((await answer.text()).trim());
    link.dataset.copied = "gbt7714";
    link.textContent = status.textContent = main.dataset.copied;
  } catch {
    location.assign(link.href);
  }
});

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      status.textContent = button.textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(source);
    }
  });
}

// ---- side by side: the lines follow the text, and the text the lines under the pointer

const pane = document.querySelector(".reading.beside .original");
if (pane) {
  const blocks = [...document.querySelectorAll(".block[data-line]")];
  const lines = [...pane.querySelectorAll(".line")];
  const first = (list, top) => list.find((one) => one.getBoundingClientRect().bottom > top);
  let leads = false;
  let waiting = false;
  const follow = () => {
    waiting = false;
    if (leads) {
      const line = first(lines, pane.getBoundingClientRect().top);
      const number = line ? line.value : 0;
      const block = blocks.filter((one) => +one.dataset.line <= number)
        .reduce((best, one) => (!best || +one.dataset.line > +best.dataset.line ? one : best), null);
      if (block) scrollBy(0, block.getBoundingClientRect().top - 140);
    } else {
      const block = first(blocks, 140);
      const line = block && lines.find((one) => one.value >= +block.dataset.line);
      if (line) pane.scrollTop += line.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    }
  };
  const later = (byPane) => () => {
    if (leads !== byPane || waiting) return;
    waiting = true;
    requestAnimationFrame(follow);
  };
  pane.addEventListener("pointerenter", () => { leads = true; });
  pane.addEventListener("pointerleave", () => { leads = false; });
  pane.addEventListener("focusin", () => { leads = true; });
  pane.addEventListener("focusout", () => { leads = pane.matches(":hover"); });
  pane.addEventListener("scroll", later(true));
  addEventListener("scroll", later(false));
}

// ---- #L12-L18: mark a range of lines that only the fragment names

function markLines() {
  const found = /^#L(\d+)-L?(\d+)$/.exec(location.hash);
  for (const line of document.querySelectorAll(".line.chosen")) line.classList.remove("marked", "chosen");
  if (!found) return;
  for (let number = +found[1]; number <= Math.min(+found[2], +found[1] + 5000); number++) {
    const line = document.getElementById("L" + number);
    if (line && !line.classList.contains("marked")) line.classList.add("marked", "chosen");
  }
  const first = document.getElementById("L" + found[1]);
  if (first) first.scrollIntoView({ block: "center" });
}
addEventListener("hashchange", markLines);
markLines();
