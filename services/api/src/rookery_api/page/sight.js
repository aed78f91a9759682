// What a person is to see next is in the window.

/** Scrolls, where that is needed, until `part` is seen: its beginning where it is too tall. */
export function bringIntoSight(part) {
  const { top, bottom, height } = part.getBoundingClientRect();
  // A keyboard on a phone's screen covers a part of the window.
  const room = visualViewport?.height ?? innerHeight;
  if (top >= 0 && bottom <= room) return;
  const whole = bottom > room && height < room && room === innerHeight;
  part.scrollIntoView({ block: whole ? "end" : "start" });
}
