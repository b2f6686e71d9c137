export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export type ReportFormat = 'json' | 'csv' | 'xlsx';

const FORMATS: Record<string, ReportFormat> = { 'application/json': 'json', 'text/csv': 'csv', [XLSX_TYPE]: 'xlsx' };

/** The form a client likes best of those a report comes in; JSON for whoever says nothing we know. */
export function preferredFormat(accept: string | undefined): ReportFormat {
  const wanted = (accept ?? '').split(',').flatMap((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const format = FORMATS[type];
    const q = Number(parameters.find((p) => p.startsWith('q='))?.slice(2) ?? '1');
    return format && q > 0 ? [{ format, q }] : [];
  });
  return wanted.reduce<{ format: ReportFormat; q: number }>((best, next) => (next.q > best.q ? next : best), { format: 'json', q: 0 })
    .format;
}
