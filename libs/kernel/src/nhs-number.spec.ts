import { isNhsNumber, isSyntheticNhsNumber, nhsCheckDigit } from './nhs-number.js';

/** Values worked in the domain reference, 7.1. */
describe('NHS number', () => {
  test.each(['9434765919', '9990000018', '9990000026', '9990000034', '9990123020', '9990123039'])('%s is one', (n) =>
    expect(isNhsNumber(n)).toBe(true),
  );

  test.each([
    ['its check digit would be 10', '9991234560'],
    ['BaRS example, wrong check digit', '3478526985'],
    ['BaRS example, wrong check digit', '4857773456'],
    ['nine digits', '943476591'],
    ['eleven digits', '94347659190'],
    ['spaces are for display', '943 476 5919'],
    ['letters', '94347659I9'],
    ['other digits than 0 to 9', '٩٤٣٤٧٦٥٩١٩'],
    ['a line break after it', '9434765919\n'],
    ['a number, not text', 9434765919],
    ['nothing', null],
  ])('%s: %p is none', (_, n) => expect(isNhsNumber(n)).toBe(false));

  test.each(Array.from({ length: 10 }, (_, d) => String(d).repeat(10)))('57: %s passes the arithmetic and is still none', (n) => {
    expect(nhsCheckDigit(n.slice(0, 9))).toBe(Number(n[9]));
    expect(isNhsNumber(n)).toBe(false);
  });

  test('prefix 999 000 000 has no check digit', () => {
    expect(nhsCheckDigit('999000000')).toBeNull();
    for (let d = 0; d <= 9; d++) expect(isNhsNumber(`999000000${d}`)).toBe(false);
  });

  test('57: 999 000 0018 belongs to nobody, 943 476 5919 might', () => {
    expect(isSyntheticNhsNumber('9990000018')).toBe(true);
    expect(isSyntheticNhsNumber('9434765919')).toBe(false);
  });
});
