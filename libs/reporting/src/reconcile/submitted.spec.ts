import { DomainError, type FieldError } from '#kernel';
import { readReturn, servicesOf, submittedFromObject, submittedFromTable } from './submitted.js';

const SALT = 'speech-and-language-therapy';
const fromCsv = (text: string, service = SALT): Record<string, number> =>
  Object.fromEntries(submittedFromTable(readReturn(text), service, 'sitrep'));

describe('a return as CSV', () => {
  test('has a row a band', () => {
    expect(fromCsv('Service,Band,Count\nSpeech and language therapy,0-1 weeks,15\nMental health,0-1,3\n')).toEqual({
      '0-1': 15,
    });
  });

  test('or a row a service, with a column a band; an empty cell is not zero', () => {
    const text =
      '\ufeffService;Provider;0-1;>1-2;18 to 52 weeks;104+;Total\r\nspeech-and-language-therapy;ZZ999;15;;"1,088";0;1103\r\nMental health;ZZ999;1;2;3;4;10\r\n';
    expect(fromCsv(text)).toEqual({ '0-1': 15, '>18-52': 1088, '>104': 0 });
    expect(fromCsv(text, 'mental-health')).toEqual({ '0-1': 1, '>1-2': 2, '>18-52': 3, '>104': 4 });
  });

  test('without a service is of the one that was asked for', () => {
    const text = 'band,count\n>18-52,7\n';
    expect(servicesOf(readReturn(text))).toEqual([]);
    expect(fromCsv(text)).toEqual({ '>18-52': 7 });
  });

  test('says which services it is of, by code or name', () => {
    expect(servicesOf(readReturn('service,band,count\nmental-health,0-1,1\nMental Health,1-2,1\nSPECIALIST EQUIPMENT,0-1,1'))).toEqual([
      'mental-health',
      'specialist-equipment',
    ]);
  });

  test('as our own report gives it can be read', () => {
    expect(fromCsv('Provider,waiting,weeks 0-1,weeks >1-2,weeks >18-52\nZZ999,17,2,5,10\n')).toEqual({ '0-1': 2, '>1-2': 5, '>18-52': 10 });
  });
});

const errorsOf = (read: () => unknown): FieldError[] => {
  try {
    read();
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'invalid') return error.errors;
  }
  throw new Error('was not refused as invalid');
};

describe('what cannot be read is named by row and column', () => {
  test.each<[string, string, string, RegExp]>([
    ['a count that is no number', 'band,count\n0-1,some\n', 'row 2, column count', /whole number/],
    ['a count below zero', 'band,count\n0-1,-2\n', 'row 2, column count', /whole number/],
    ['a suppressed count', 'band,count\n0-1,4\n1-2,*\n', 'row 3, column count', /suppressed/],
    ['a band there is not', 'band,count\n0-1,4\n>52,9\n', 'row 3, column band', />18-52, >52-104/],
    ['a date for a band', 'band,count\n02-Jan,4\n', 'row 2, column band', /spreadsheet/],
    ['a band told twice', 'band,count\n0-1,4\n0-1 weeks,4\n', 'row 3, column band', /twice/],
    ['a heading that is no band', 'service,0-1,52+\nspeech-and-language-therapy,1,2\n', 'row 1, column 3', /band of this measure/],
    ['a count in a column', 'service,0-1\nspeech-and-language-therapy,x\n', 'row 2, column 2', /whole number/],
    ['no bands at all', 'service,total\nspeech-and-language-therapy,9\n', 'row 1', /columns service, band and count/],
    ['no row of the service', 'service,band,count\nMental health,0-1,9\n', 'file', /at least one band/],
    ['no rows', 'service,band,count\n', 'file', /header and at least one row/],
    ['a quote never closed', 'band,count\n"0-1,9\n', 'file', /quote/],
  ])('%s', (_, text, path, message) => expect(errorsOf(() => fromCsv(text))).toEqual([{ path, message: expect.stringMatching(message) }]));

  test('all at once', () => {
    expect(errorsOf(() => fromCsv('band,count\n0-1,x\n>52,9\n')).map((e) => e.path)).toEqual(['row 2, column count', 'row 3, column band']);
  });

  test('and a service there is not', () => {
    expect(errorsOf(() => servicesOf(readReturn('service,band,count\ndentistry,0-1,1')))).toMatchObject([
      { path: 'row 2, column service' },
    ]);
  });
});

test('a return as an object', () => {
  expect(Object.fromEntries(submittedFromObject({ '0-1 weeks': 15, '>104': '0', '1-2': '' }, 'sitrep'))).toEqual({ '0-1': 15, '>104': 0 });
  expect(errorsOf(() => submittedFromObject({ '0-1': 1.5, '>52': 3, '1-2': null, '2-4': {} }, 'sitrep')).map((e) => e.path)).toEqual([
    'submitted.0-1',
    'submitted.>52',
    'submitted.1-2',
    'submitted.2-4',
  ]);
  expect(errorsOf(() => submittedFromObject({}, 'sitrep'))).toMatchObject([{ path: 'submitted' }]);
});
