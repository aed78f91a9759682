// Numbers as people write them: with a decimal point or a decimal comma, with spaces between the
// thousands, with the unit of their field.

const PLAIN = /^[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?$/i;
/** A space or an apostrophe parts thousands and nothing else. */
const SPACED = /^[+-]?[1-9]\d{0,2}([\s'’])\d{3}(\1\d{3})*([.,]\d*)?$/;
/** The comma may part thousands as well as decimals. */
const ONE_COMMA = /^[+-]?[1-9]\d{0,2},\d{3}$/;
const GROUPED = /^[+-]?\d{1,3}([\s.,'’]\d{3})+([.,]\d*)?$/;
/** What stands before a number, the number, and what stands behind it. */
const MEASURED = /^([^\d.,+-]*)([+-]?[\d\s.,'’]*\d[.,]?(?:e[+-]?\d+)?)(.*)$/i;

/**
 * The `number` that a text is: NaN where it is none, infinite where it is too large to be sent.
 * `other` is a second one that it may mean: one within the range, for any other was not meant.
 */
export function read(text, { minimum, maximum, unit }) {
  const bare = withoutUnit(text, unit);
  const written = SPACED.test(bare) ? bare.replace(/[\s'’]/g, "") : bare;
  if (!PLAIN.test(written)) return { number: NaN };
  const number = Number(written.replace(",", "."));
  const other = ONE_COMMA.test(written) ? Number(written.replace(",", "")) : NaN;
  const outside = Number.isNaN(other) || other < minimum || other > maximum;
  return outside ? { number } : { number, other };
}

/** Whether a text is a number but for what stands between its thousands. */
export const grouped = (text, { unit }) => GROUPED.test(withoutUnit(text, unit));

/** The text without `unit` before or behind its number; "" where anything else is there. */
function withoutUnit(text, unit) {
  const [, before, number, behind] = MEASURED.exec(dashed(text).trim()) ?? ["", "", "", ""];
  const own = ["", folded(unit)];
  return own.includes(folded(before)) && own.includes(folded(behind)) ? number : "";
}

// m² is also typed m2, and µ is one of two letters. Capitals count: MW is not mW.
const folded = (unit) => dashed(unit).normalize("NFKC").replace(/\s/g, "");
// A minus sign of typography is a minus sign.
const dashed = (text) => text.replaceAll("\u2212", "-");
