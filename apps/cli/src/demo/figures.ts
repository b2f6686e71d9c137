import type { OverviewLine, WaitingWellReport, WaitsReport } from '#reporting';
import { PUBLISHED } from '../demo-data/index.js';
import { ICB_MANAGER, type Client } from './client.js';

/** One line of the table: what Meanwhile says, and what was published. `published` null = nothing to compare with. */
export interface Figure {
  list: string;
  what: string;
  meanwhile: number | string | null;
  published: number | null;
}

/** Everything the demo prints, read back over HTTP as the ICB's manager reads it. */
export async function readFigures(client: Client): Promise<Figure[]> {
  const waits = (query: string): Promise<WaitsReport> => client.get(`/v1/reports/waits?${query}`, ICB_MANAGER);
  const { speechAndLanguageTherapy: salt, mentalHealthFirstContact: first, mentalHealthFull: full } = PUBLISHED;
  const [sitrep, firstContact, fullStop] = await Promise.all([
    waits('measure=sitrep&service=speech-and-language-therapy'),
    waits('measure=cyp-mh-first-contact'),
    waits('measure=cyp-mh-full'),
  ]);
  const [s, f, m] = [sitrep.rows[0], firstContact.rows[0], fullStop.rows[0]];
  const figure = (list: string, what: string, meanwhile: unknown, published: number | null): Figure => ({
    list,
    what,
    meanwhile: shown(meanwhile),
    published,
  });
  const overWeeks = (list: string, row: typeof s, weeks: Readonly<Record<number, number>>): Figure[] =>
    Object.entries(weeks).map(([w, n]) => figure(list, `over ${w} weeks`, row?.overWeeks?.[w], n));
  return [
    figure('Speech and language therapy', 'waiting', s?.waiting, salt.waiting),
    ...Object.entries(salt.bands).map(([band, n]) => figure('', `${band} weeks`, s?.bands[band], n)),
    figure('Mental health, first contact', 'waiting', f?.waiting, first.waiting),
    figure('', 'median days', f?.medianDays, first.medianDays),
    figure('', '90th percentile days', f?.p90Days, first.p90Days),
    ...overWeeks('', f, first.over),
    figure('Mental health, full clock stop', 'waiting', m?.waiting, full.waiting),
    ...overWeeks('', m, full.over),
    ...(await supportFigures(client)),
  ];
}

/** What no published figure shows: how the children on these lists are looked after. */
async function supportFigures(client: Client): Promise<Figure[]> {
  const { lines } = await client.get<{ lines: OverviewLine[] }>('/v1/reports/overview', ICB_MANAGER);
  const well = await client.get<WaitingWellReport>('/v1/reports/waiting-well', ICB_MANAGER);
  return lines.flatMap((line) => {
    const all = line.rows.find((r) => r.cut === 'all');
    const support = well.rows.find((r) => r.service === line.code);
    const rows: [string, unknown][] = [
      ['waiting', all?.waiting],
      ['seen, but the wait for treatment runs on', support?.seenButWaiting],
      ['no contact for 12 weeks', all?.noContact],
      ['check-ins owed, not sent', support?.owed],
      ['check-ins sent, no answer yet', support?.sent],
      ['check-ins answered', support?.answered],
      ['answers that a person must act on', support?.worse],
      ['to be called by a person', support?.toCall],
      ['escalations open: red', all?.red],
      ['escalations open: amber', all?.amber],
      ['ended in 12 months without treatment', all?.ended.untreated],
      ['ended in 12 months with treatment', all?.ended.treated],
    ];
    return rows.map(([what, value], i) => ({
      list: i === 0 ? `${line.name}: support` : '',
      what,
      meanwhile: shown(value),
      published: null,
    }));
  });
}

const shown = (value: unknown): number | string | null =>
  typeof value === 'number' ? value : value === null || value === undefined ? null : '*';

export const agrees = (figures: readonly Figure[]): boolean => figures.every((f) => f.published === null || f.published === f.meanwhile);

/** The table, in plain text. */
export function table(figures: readonly Figure[]): string {
  const number = (v: number | string | null): string => (typeof v === 'number' ? v.toLocaleString('en-GB') : (v ?? '-'));
  const line = (list: string, what: string, ours: string, theirs: string, mark: string): string =>
    `  ${list.padEnd(38)} ${what.padEnd(42)} ${ours.padStart(10)} ${theirs.padStart(10)} ${mark}`.trimEnd();
  const rows = figures.map((f) => {
    const mark = f.published === null ? '' : f.published === f.meanwhile ? '=' : 'DIFFERS';
    return line(f.list, f.what, number(f.meanwhile), f.published === null ? '' : number(f.published), mark);
  });
  return [line('List', 'Figure', 'Meanwhile', 'published', ''), ...rows].join('\n');
}
