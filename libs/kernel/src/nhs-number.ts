/**
 * True for ten digits whose check digit is right (NHS Data Dictionary, NHS NUMBER: modulus 11, weights 10 to 2).
 * Ten equal digits pass the arithmetic and are never issued: refused.
 */
export function isNhsNumber(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{10}$/.test(value) || /^(\d)\1{9}$/.test(value)) return false;
  return nhsCheckDigit(value.slice(0, 9)) === Number(value[9]);
}

/** The check digit of nine digits, or null where none exists (remainder 1: the number is never issued). */
export function nhsCheckDigit(nine: string): number | null {
  let sum = 0;
  for (let i = 0; i < 9; i++) sum += Number(nine[i]) * (10 - i);
  const digit = (11 - (sum % 11)) % 11;
  return digit === 10 ? null : digit;
}

/** Numbers 999 000 0000 to 999 999 9999 are set aside for testing and belong to nobody. */
export const isSyntheticNhsNumber = (value: string): boolean => value.startsWith('999');
