/**
 * Numbers Ofcom keeps for drama: no telephone rings. There are only 1,000 mobiles for some 15,000 households, and a number stands for
 * a household (one household, one message), so none is given twice: a tenth of the households with a child on a list have a mobile,
 * the others a landline for calls and an email address for messages.
 */
const MOBILE = '+447700900';

/** Ofcom, telephone numbers for use in TV and radio drama: no area, Leeds to Reading, Birmingham to Manchester, London, Tyneside, Cardiff, UK-wide… */
const LANDLINES = [
  '+441632960',
  '+441134960',
  '+441144960',
  '+441154960',
  '+441164960',
  '+441174960',
  '+441184960',
  '+441214960',
  '+441314960',
  '+441414960',
  '+441514960',
  '+441614960',
  '+442079460',
  '+441914980',
  '+442896496',
  '+442920180',
  '+443069990',
] as const;

const PER_RANGE = 1000;

export class TelephoneNumbers {
  #mobiles = 0;
  #landlines = 0;

  /** The next mobile nobody has, or null when all are given. */
  mobile(): string | null {
    return this.#mobiles < PER_RANGE ? MOBILE + threeDigits(this.#mobiles++) : null;
  }

  /** The next landline nobody has, or null when all are given. */
  landline(): string | null {
    const range = LANDLINES[this.#landlines % LANDLINES.length] as string;
    const n = Math.floor(this.#landlines / LANDLINES.length);
    if (n >= PER_RANGE) return null;
    this.#landlines++;
    return range + threeDigits(n);
  }
}

const threeDigits = (n: number): string => String(n).padStart(3, '0');

/** True for a number of those ranges. */
export const isDramaNumber = (phone: string): boolean =>
  [MOBILE, ...LANDLINES].some((r) => phone.startsWith(r) && phone.length === r.length + 3);
