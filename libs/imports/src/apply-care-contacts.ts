import type { Tx } from '#database';
import type { ApplyContext, RowRange } from './apply-referrals.js';
import type { CareContact } from './staging.js';
import { tellEvents, type Telling, type Told } from './tell-events.js';

/** Tells the care contacts that rows came with, in the order of their days. Also of a referral that is held and the same: a contact may be new. */
export async function tellCareContacts(tx: Tx, { from, to }: RowRange, ctx: ApplyContext): Promise<Told[]> {
  const rows = await tx.query<Omit<Telling, 'eventId' | 'event'> & { careContacts: CareContact[] }>(
    `select s.row_no as "rowNo", s.referral_id as "referralId", s.pathway_id as "pathwayId", s.person_id as "personId", s.line, s.care_contacts as "careContacts"
      from staged_referral s join referral r on r.tenant = $1 and r.id = s.referral_id
      where s.position between $2 and $3 and s.care_contacts is not null and (s.outcome is null or s.outcome in ('same', 'changed')) order by s.position`,
    [tx.tenant, from, to],
  );
  const tellings = rows.flatMap(({ careContacts, ...row }) =>
    [...careContacts]
      .sort((a, b) => (a.occurredOn < b.occurredOn ? -1 : 1))
      .map(({ eventId, occurredOn, data }): Telling => ({ ...row, eventId, event: () => ({ type: 'contact', occurredOn, data }) })),
  );
  return tellEvents(tx, tellings, ctx, 'each-by-itself');
}
