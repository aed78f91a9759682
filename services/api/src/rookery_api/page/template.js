// Elements: copies of the page's templates, and small ones made here. Data enters as text alone.

/** The page's own element of that name; its id has a capital, which no model or feature has. */
export const place = (name) => document.getElementById(`Page.${name}`);

/** A copy of the template of that name: its first element, and its parts by the name in `data-part`. */
export function stamp(name) {
  const root = place(name).content.firstElementChild.cloneNode(true);
  const marked = [root, ...root.querySelectorAll("[data-part]")];
  const parts = Object.fromEntries(
    marked.filter((part) => part.dataset.part).map((part) => [part.dataset.part, part]),
  );
  return { root, parts };
}

/** A new element with attributes and children; a child that is not an element becomes text. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Sets an element's text where it differs, so that nothing is announced or repainted in vain. */
export function say(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
