import type { Tx } from '#database';
import type { FieldError } from '#kernel';
import { applyChanged } from './apply-changed.js';
import { tellCareContacts } from './apply-care-contacts.js';
import { tellDeaths } from './apply-deaths.js';
import { applyEvents } from './apply-events.js';
import { holdForOlder } from './hold-for-deaths.js';
import { applyNew, type ApplyContext, type RowRange } from './apply-referrals.js';
import { LAYOUTS, type LayoutName } from './layouts.js';
import { inColumns, type RowProblem } from './row-problems.js';

/** What became of some rows, and what is wrong with those that could not be taken in after all. */
export interface Taken {
  counts: Record<string, number>;
  refused: Map<number, RowProblem[]>;
}

/** Where a field of what a changed row tells stands in a file of referrals. */
const ofReferral = ({ path, message }: FieldError): FieldError => ({ path: PATHS[path] ?? path.replace(/^data\./, ''), message });
const PATHS: Readonly<Record<string, string>> = { occurredOn: 'diedOn', type: 'diedOn' };

async function takeReferrals(tx: Tx, range: RowRange, ctx: ApplyContext): Promise<Taken> {
  await applyNew(tx, range, ctx);
  await holdForOlder(tx, range, ctx);
  const refused = new Map<number, RowProblem[]>();
  const [deaths, changed] = [await tellDeaths(tx, range, ctx), await applyChanged(tx, range, ctx)];
  for (const told of [...deaths, ...changed, ...(await tellCareContacts(tx, range, ctx))]) {
    if (told.outcome === 'refused')
      refused.set(
        told.rowNo,
        inColumns(told.errors.map(ofReferral), LAYOUTS.referrals, () => '').map((p) => ({ ...p, code: 'against-a-rule' })),
      );
  }
  const others = await tx.query<{ rowNo: number; service: string; sourceId: string; outcome: string }>(
    `select row_no as "rowNo", line as service, source_id as "sourceId", outcome from staged_referral
      where position between $1 and $2 and outcome in ('other-service', 'repeated')`,
    [range.from, range.to],
  );
  for (const { rowNo, service, sourceId, outcome } of others) {
    const repeated = {
      column: 'source_id',
      code: 'repeated',
      found: sourceId,
      expected: 'one row of a referral: an earlier row says otherwise',
    } as const;
    const moved = {
      column: 'service',
      code: 'against-a-rule',
      found: service,
      expected: 'the service under which this source id is held already',
    } as const;
    refused.set(rowNo, [outcome === 'repeated' ? repeated : moved]);
  }
  const counted = await tx.query<{ outcome: string | null; n: number }>(
    `select outcome, count(*) as n from staged_referral where position between $1 and $2 and not row_no = any($3) group by 1`,
    [range.from, range.to, [...refused.keys()]],
  );
  return { counts: Object.fromEntries(counted.map((c) => [c.outcome ?? 'new', c.n])), refused };
}

async function takeEvents(tx: Tx, range: RowRange, ctx: ApplyContext): Promise<Taken> {
  const { counts, problems } = await applyEvents(tx, range, ctx);
  return { counts, refused: problems };
}

/** Takes in the staged rows of one transaction. */
export const takeIn = (layout: LayoutName, tx: Tx, range: RowRange, ctx: ApplyContext): Promise<Taken> =>
  layout === 'referrals' ? takeReferrals(tx, range, ctx) : takeEvents(tx, range, ctx);
