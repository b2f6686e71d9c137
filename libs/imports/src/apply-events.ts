import type { Tx } from '#database';
import type { ApplyContext, RowRange } from './apply-referrals.js';
import { readEvent, type EventRow } from './event-row.js';
import { LAYOUTS } from './layouts.js';
import { inColumns, type RowProblem } from './row-problems.js';
import { tellEvents, type Telling } from './tell-events.js';

interface StagedEvent {
  rowNo: number;
  row: EventRow;
  /** Null where no such referral of this provider is held. */
  referralId: string | null;
  pathwayId: string;
  personId: string;
  line: string;
}

export interface EventsApplied {
  counts: Record<string, number>;
  problems: Map<number, RowProblem[]>;
}

/** Tells the events of some rows, of referrals this provider has told of before. */
export async function applyEvents(tx: Tx, { from, to }: RowRange, ctx: ApplyContext): Promise<EventsApplied> {
  const staged = await tx.query<StagedEvent>(
    `select s.row_no as "rowNo", s.event as row, r.id as "referralId", r.pathway_id as "pathwayId", r.person_id as "personId", r.line
      from staged_event s left join referral r on r.tenant = $1 and r.provider = $4 and r.source_system = s.source_system and r.source_id = s.source_id
      where s.position between $2 and $3 order by s.position`,
    [tx.tenant, from, to, ctx.provider],
  );
  const problems = new Map<number, RowProblem[]>();
  const tellings: Telling[] = [];
  for (const { rowNo, row, referralId, pathwayId, personId, line } of staged) {
    if (referralId === null) {
      problems.set(rowNo, [
        { column: 'source_id', code: 'not-held', found: row.sourceId, expected: 'a referral that is held: send the referrals first' },
      ]);
      continue;
    }
    const read = readEvent(row, line);
    if (!read.event) problems.set(rowNo, read.problems);
    else if (read.event.type === 'received-on-corrected') problems.set(rowNo, [CORRECT_THE_REFERRAL]);
    else {
      const { event } = read;
      tellings.push({ rowNo, referralId, pathwayId, personId, line, eventId: row.eventId, event: () => event });
    }
  }
  const counts: Record<string, number> = { new: 0, same: 0 };
  const cells = new Map(staged.map((s) => [s.rowNo, s.row]));
  for (const told of await tellEvents(tx, tellings, ctx)) {
    if (told.outcome !== 'refused') counts[told.outcome] = (counts[told.outcome] ?? 0) + 1;
    else {
      const fields = cells.get(told.rowNo)?.fields ?? {};
      const cellOf = (name: string): string =>
        String((fields[LAYOUTS.events.find((c) => c.name === name)?.path ?? ''] as string | undefined) ?? '');
      problems.set(
        told.rowNo,
        inColumns(told.errors, LAYOUTS.events, cellOf).map((p) => ({ ...p, code: p.code === 'missing' ? p.code : 'against-a-rule' })),
      );
    }
  }
  return { counts, problems };
}

const CORRECT_THE_REFERRAL: RowProblem = {
  column: 'type',
  code: 'against-a-rule',
  found: 'received-on-corrected',
  expected: 'the row of the referral with the right day, in a file of referrals with a newer extract date',
};
