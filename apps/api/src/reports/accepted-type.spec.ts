import { preferredFormat, XLSX_TYPE } from './accepted-type.js';

test.each([
  [undefined, 'json'],
  ['*/*', 'json'],
  ['application/json', 'json'],
  ['text/csv', 'csv'],
  ['TEXT/CSV; charset=utf-8', 'csv'],
  [XLSX_TYPE, 'xlsx'],
  ['application/json;q=0.5, text/csv', 'csv'],
  ['text/csv;q=0.1, application/json', 'json'],
  ['text/csv;q=0', 'json'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'json'],
  ['text/csv;q=many', 'json'],
])('Accept: %s is answered as %s', (accept, format) => expect(preferredFormat(accept)).toBe(format));
