// Numbers as people write them: with a decimal point or a decimal comma.

const PLAIN = /^[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?$/i;
/** The comma may part thousands as well as decimals. */
const ONE_COMMA = /^[+-]?[1-9]\d{0,2},\d{3}$/;
const GROUPED = /^[+-]?\d{1,3}([ .,'’\u00a0\u202f]\d{3})+([.,]\d*)?$/;

/**
 * The `number` that a text is: NaN where it is none, infinite where it is too large to be sent.
 * `other` is a second one that it may mean: one within the range, for any other was not meant.
 */
export function read(text, { minimum, maximum }) {
  const written = plain(text);
  if (!PLAIN.test(written)) return { number: NaN };
  const number = Number(written.replace(",", "."));
  const other = ONE_COMMA.test(written) ? Number(written.replace(",", "")) : NaN;
  const outside = Number.isNaN(other) || other < minimum || other > maximum;
  return outside ? { number } : { number, other };
}

/** Whether a text is a number but for what stands between its thousands. */
export const grouped = (text) => GROUPED.test(plain(text));

// A minus sign of typography is a minus sign.
const plain = (text) => text.trim().replace("\u2212", "-");
