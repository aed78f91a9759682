// Every visible text of the page whose contrast is below WCAG 2.2 AA (1.4.3), as sentences.
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((part, i) => part * a + below[i] * (1 - a));
  const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const background = (element) => {
    const colours = [];
    for (let at = element; at; at = at.parentElement) {
      colours.push(rgba(getComputedStyle(at).backgroundColor));
    }
    return colours.reduceRight((below, colour) => over(colour, below), [255, 255, 255]);
  };
  const opacity = (element) => {
    let product = 1;
    for (let at = element; at; at = at.parentElement) product *= getComputedStyle(at).opacity;
    return product;
  };
  const faults = [];
  const check = (element, text, colour, least) => {
    const ground = background(element);
    const [r, g, b, a] = rgba(colour);
    const found = ratio(over([r, g, b, a * opacity(element)], ground), ground);
    if (found < least) faults.push(`${found.toFixed(2)} < ${least}: ${text}`);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim();
    const element = texts.currentNode.parentElement;
    if (!text || !element.checkVisibility() || element.closest(":disabled, .unseen")) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    check(element, text, style.color, large ? 3 : 4.5);
  }
  for (const input of document.querySelectorAll("input:not([type=radio]), select")) {
    if (!input.checkVisibility()) continue;
    check(input, `text in ${input.id}`, getComputedStyle(input).color, 4.5);
    check(input.parentElement, `edge of ${input.id}`, getComputedStyle(input).borderTopColor, 3);
  }
  for (const bar of document.querySelectorAll(".track, .pointer")) {
    const drawn = getComputedStyle(bar, bar.matches(".track") ? "::after" : null).backgroundColor;
    if (bar.checkVisibility({ visibilityProperty: true })) check(bar.closest("section, form"), "bar", drawn, 3);
  }
  return faults;
}
