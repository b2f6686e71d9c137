import type { Tx } from '#database';
import type { LocalDate } from '#kernel';
import type { ApplyContext, RowRange } from './apply-referrals.js';
import { tellEvents, type Telling, type Told } from './tell-events.js';

type Row = Omit<Telling, 'eventId' | 'event'>;

/** The death a row dates, as the event it is over the API. Of a child known to have died nothing is told again. */
export const deathOf = (row: Row, diedOn: LocalDate): Telling => ({
  ...row,
  // Known by what it says: another row of the same child says the same. Of another day the check says that one is held.
  eventId: null,
  event: ({ end }) => (end?.type === 'died' && end.on === diedOn ? null : { type: 'died', occurredOn: diedOn, data: {} }),
});

/** Tells the deaths that new referrals came with. They are few: the rows themselves are in by now, as those of any child. */
export async function tellDeaths(tx: Tx, { from, to }: RowRange, ctx: ApplyContext): Promise<Told[]> {
  const rows = await tx.query<Row & { diedOn: LocalDate }>(
    `select s.row_no as "rowNo", s.referral_id as "referralId", s.pathway_id as "pathwayId", s.person_id as "personId", s.line, s.died_on as "diedOn"
      from staged_referral s join person p on p.tenant = $1 and p.id = s.person_id
      where s.position between $2 and $3 and s.outcome is null and s.died_on is not null and p.died_on is null order by s.position`,
    [tx.tenant, from, to],
  );
  return tellEvents(
    tx,
    rows.map((row) => deathOf(row, row.diedOn)),
    ctx,
  );
}
