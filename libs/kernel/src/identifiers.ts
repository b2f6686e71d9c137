/** ODS organisation code as an organisation is named anywhere here. */
export const ODS_CODE = /^[A-Z0-9]{3,12}$/;

/** GP practice: a letter and five digits. */
export const GP_PRACTICE_CODE = /^[A-Z]\d{5}$/;

/** ONS code of an English or Welsh upper-tier or unitary authority, e.g. E06000061. */
export const LOCAL_AUTHORITY_CODE = /^[EWNS]\d{8}$/;

const POSTCODE = /^([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})$/;

/** A UK postcode in its usual form (`NN17 1QG`), or null where it is none. */
export function normalisePostcode(value: string): string | null {
  const m = POSTCODE.exec(value.toUpperCase().replace(/\s+/g, ''));
  return m ? `${m[1]} ${m[2]}` : null;
}
