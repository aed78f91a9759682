// Every visible text that runs out of its place or over another, as sentences.
() => {
  const PLACES = ".field, .shown, .question, .record, .masthead, .notice";
  const faults = [];
  const fault = (what, text) => faults.push(`${what}: ${text.trim().slice(0, 40)}`);
  const rect = (element) => element.getBoundingClientRect();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const element = node.parentElement;
    const place = element.closest(PLACES);
    // A unit and a link that are cut are read in full elsewhere; a select's list is the browser's.
    if (!place || !node.data.trim() || !element.checkVisibility()) continue;
    if (element.closest(".unseen, .unit, .masthead li, select")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const { left, right } = rect(place);
    for (const line of range.getClientRects()) {
      if (line.left < left - 1 || line.right > right + 1) fault("out of its place", node.data);
    }
  }
  for (const entry of document.querySelectorAll(".entry")) {
    const unit = entry.querySelector(".unit");
    const { left, bottom, top } = rect(unit);
    const input = rect(entry.querySelector("input"));
    const box = getComputedStyle(entry.querySelector("input"));
    const written = input.right - parseFloat(box.paddingRight);
    if (unit.textContent && left < written - 1) fault("unit over the number", unit.textContent);
    if (unit.textContent && (bottom > input.bottom || top < input.top)) fault("unit beside its box", unit.textContent);
    if (written - input.left < 48) fault("no room for a number", unit.textContent);
  }
  for (const range of document.querySelectorAll(".range")) {
    const [low, high] = [range.firstElementChild, range.lastElementChild].map(rect);
    if (high.left < low.right + 6) fault("both ends of a range touch", range.textContent);
  }
  for (const share of document.querySelectorAll(".share")) {
    const name = rect(share.parentElement.querySelector(".class"));
    if (rect(share).left < name.right) fault("a class over its share", share.parentElement.textContent);
  }
  for (const control of document.querySelectorAll(".field select, .entry")) {
    if (rect(control).height > 60) fault(`${rect(control).height} px tall`, control.closest(".field").dataset.feature);
  }
  for (const ruler of document.querySelectorAll(".ruler")) {
    const entry = rect(ruler.parentElement.querySelector(".entry, input"));
    if (rect(ruler).top - entry.bottom > 20) fault("a ruler far below its number", ruler.closest(".field").dataset.feature);
  }
  return faults;
}
