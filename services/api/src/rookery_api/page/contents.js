// The contents: which models are shown. The one that the address names behind its "#" stands alone;
// else all do, or those whose name or title holds the text of the filter.

import { element, place, say } from "./template.js";

/** So many models are seen at a glance; from one more on, there is a filter. */
const GLANCE = 8;
/** What a model may be called; the page's own places have a capital in their names. */
const MODEL = /^[a-z0-9-]*$/;

export class Contents {
  /** `turn` is called when the address chooses otherwise, `reveal` when the filter does. */
  constructor(turn, reveal) {
    this.links = new Map();
    this.filter = place("filter-value");
    this.chosen = "";
    this.choose();
    window.addEventListener("hashchange", () => this.choose() && turn());
    this.filter.addEventListener("input", () => {
      this.mark();
      reveal();
    });
    this.filter.addEventListener("keydown", (event) => event.key === "Enter" && this.go());
  }

  /** Lists the models of these cards; tells whether they are the first. */
  update(cards) {
    const named = cards.map(({ name, title }) => [name, title]);
    const text = JSON.stringify(named);
    if (text === this.drawn) return false;
    this.drawn = text;
    const first = this.links.size === 0;
    const titles = new Map([...(named.length > 1 ? [["", "All models"]] : []), ...named]);
    this.links = new Map(
      [...titles].map(([name, title]) => [name, element("a", { href: `#${name}` }, title)]),
    );
    const items = [...this.links.values()].map((link) => element("li", {}, link));
    place("contents").replaceChildren(...items);
    place("filter").hidden = cards.length <= GLANCE;
    this.mark();
    return first;
  }

  /** Whether the model of this name is shown. */
  shows(name) {
    return this.alone ? name === this.chosen : this.found(name);
  }

  /** Whether one model stands alone. */
  get alone() {
    return this.chosen !== "" && this.links.has(this.chosen);
  }

  found(name) {
    const title = this.links.get(name)?.textContent ?? "";
    return `${name} ${title}`.toLowerCase().includes(this.filter.value.trim().toLowerCase());
  }

  /** Takes the choice from the address; tells whether there was one. */
  choose() {
    const mark = location.hash.slice(1);
    if (!MODEL.test(mark)) return false;
    this.chosen = mark;
    this.mark();
    return true;
  }

  /** Goes to the first model that the filter finds. */
  go() {
    const name = [...this.links.keys()].find((each) => each !== "" && this.found(each));
    if (name !== undefined) location.hash = name;
  }

  mark() {
    const current = this.alone ? this.chosen : "";
    let found = 0;
    for (const [name, link] of this.links) {
      if (name === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      if (name === "") continue;
      link.parentElement.hidden = !this.found(name);
      found += this.found(name);
    }
    say(place("filter-state"), this.filter.value.trim() === "" ? "" : `${found} found`);
  }
}
