// The ruler below a number: where the value lies in its range, and a way to set it by pointer.

/** The step of a range: the power of ten that parts it into at least a hundred; 1 where there is none. */
export function stepOf({ minimum, maximum, integer }) {
  const step = 10 ** Math.floor(Math.log10((maximum - minimum) / 100));
  return step > 0 ? (integer ? Math.max(1, step) : step) : 1;
}

/** `value` within the range, on a step, as the shortest text. */
export function snap(value, feature) {
  const { minimum = -Infinity, maximum = Infinity } = feature;
  const step = stepOf(feature);
  const places = Math.min(100, Math.max(0, -Math.round(Math.log10(step))));
  const within = Math.min(maximum, Math.max(minimum, Math.round(value / step) * step));
  return String(Number(within.toFixed(places)));
}

/** Lets a pointer set the value of `feature` along `ruler`; `change` is called with its text. */
export function followPointer(ruler, feature, change) {
  const follow = (event) => {
    const { left, width } = ruler.getBoundingClientRect();
    const share = (event.clientX - left) / width;
    change(snap(feature.minimum + share * (feature.maximum - feature.minimum), feature));
  };
  ruler.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    ruler.setPointerCapture(event.pointerId);
    follow(event);
  });
  ruler.addEventListener("pointermove", (event) => {
    if (ruler.hasPointerCapture(event.pointerId)) follow(event);
  });
}

/** Shows `value` on the ruler: hidden where it is no number, at an end where it is outside. */
export function point(ruler, value, { minimum, maximum }) {
  const share = (value - minimum) / (maximum - minimum);
  ruler.classList.toggle("blank", !Number.isFinite(share));
  ruler.classList.toggle("outside", share < 0 || share > 1);
  if (Number.isFinite(share)) {
    ruler.style.setProperty("--share", String(Math.min(1, Math.max(0, share))));
  }
}
