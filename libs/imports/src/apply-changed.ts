import type { Tx } from '#database';
import { ageOn, type LocalDate } from '#kernel';
import type { NewEvent } from '#referrals';
import type { Priority, Progress, ReferralFacts } from '#waits';
import { isDeepStrictEqual } from 'node:util';
import { deathOf } from './apply-deaths.js';
import { keepContacts, type ApplyContext, type RowRange } from './apply-referrals.js';
import { mendPeople } from './mend-people.js';
import { mendReferrals } from './mend-referrals.js';
import { tellEvents, type Telling, type Told } from './tell-events.js';

interface ChangedRow {
  rowNo: number;
  referralId: string;
  pathwayId: string;
  personId: string;
  line: string;
  receivedOn: LocalDate | null;
  birthDate: LocalDate;
  priority: Priority;
  facts: ReferralFacts;
  diedOn: LocalDate | null;
  /** The day of death that is held. */
  heldDiedOn: LocalDate | null;
}

const REASON = 'a newer extract says so';

const OTHER_DEATH = {
  outcome: 'refused',
  errors: [{ path: 'diedOn', message: 'must be the day that is held: where that is wrong, its event is voided first' }],
} as const;

/** What a newer extract says otherwise of referrals that are held: their days and priorities as events, the rest in place. A gap overwrites nothing. */
export async function applyChanged(tx: Tx, { from, to }: RowRange, ctx: ApplyContext): Promise<Told[]> {
  const rows = await tx.query<ChangedRow>(
    `select s.row_no as "rowNo", s.referral_id as "referralId", s.pathway_id as "pathwayId", s.person_id as "personId", s.line,
        s.received_on as "receivedOn", s.birth_date as "birthDate", s.priority, s.facts, s.died_on as "diedOn", p.died_on as "heldDiedOn"
      from staged_referral s join person p on p.tenant = $3 and p.id = s.person_id
      where s.position between $1 and $2 and s.outcome = 'changed' order by s.position`,
    [from, to, tx.tenant],
  );
  if (rows.length === 0) return [];
  const otherwise = rows.filter(({ diedOn, heldDiedOn }) => diedOn !== null && heldDiedOn !== null && diedOn !== heldDiedOn);
  const told = await tellEvents(
    tx,
    rows.filter((row) => !otherwise.includes(row)).flatMap((row) => corrections(row, ctx)),
    ctx,
  );
  const refused = [...told.filter((t) => t.outcome === 'refused'), ...otherwise.map(({ rowNo }) => ({ rowNo, ...OTHER_DEATH }))];
  // Nothing of such a row is taken: sent again, it must not be the same as what is held.
  await tx.execute(`update staged_referral set outcome = 'refused' where row_no = any($1)`, [refused.map((t) => t.rowNo)]);
  await mendReferrals(tx, { from, to }, ctx);
  await mendPeople(tx, { from, to }, ctx);
  await keepContacts(tx, { from, to }, ctx, 'changed');
  return refused;
}

/** An event for each thing the clocks read that is otherwise than it is held. */
function corrections(row: ChangedRow, { today, importId }: ApplyContext): Telling[] {
  const telling = (type: string, data: (progress: Progress) => object | null): Telling => ({
    ...row,
    eventId: `extract:${importId}:${type}`,
    event(progress) {
      const told = data(progress);
      return told && { type, occurredOn: today, data: told as NewEvent['data'] };
    },
  });
  const factsWith = (p: Progress, receivedOn: LocalDate | null): object => ({
    ...p.facts,
    ...Object.fromEntries(Object.entries(row.facts).filter(([, value]) => value !== null)),
    ageAtReferral: receivedOn ? ageOn(row.birthDate, receivedOn) : (p.facts.ageAtReferral ?? null),
  });
  return [
    telling('received-on-corrected', (p) =>
      row.receivedOn === null || row.receivedOn === p.receivedOn
        ? null
        : { receivedOn: row.receivedOn, reason: REASON, facts: factsWith(p, row.receivedOn) },
    ),
    telling('priority-changed', (p) => (row.priority === p.priority ? null : { priority: row.priority, reason: REASON })),
    telling('details-corrected', (p) => {
      const facts = factsWith(p, p.receivedOn);
      return isDeepStrictEqual(facts, { ...p.facts }) ? null : { facts };
    }),
    ...(row.diedOn !== null && row.heldDiedOn === null ? [deathOf(row, row.diedOn)] : []),
  ];
}
