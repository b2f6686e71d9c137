import { readIdentity, type Tx } from '#database';
import { isDeepStrictEqual } from 'node:util';
import { ageOn, type LocalDate } from '#kernel';
import { KNOWN_OF_PERSON, type NewEvent } from '#referrals';
import { serviceLines } from '#service-lines';
import type { Priority, Progress, ReferralFacts } from '#waits';
import { deathOf } from './apply-deaths.js';
import { keepContacts, type ApplyContext, type RowRange } from './apply-referrals.js';
import { detailsTable } from './staging.js';
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
    ...row.facts,
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

async function mendReferrals(tx: Tx, { from, to }: RowRange, { extractedOn }: ApplyContext): Promise<void> {
  await tx.execute(
    `update referral r set digest = s.digest, source_of_referral = s.source_of_referral, authored_on = coalesce(s.authored_on, r.authored_on), need = s.need, extracted_on = $4
      from staged_referral s where s.position between $2 and $3 and s.outcome = 'changed' and r.tenant = $1 and r.id = s.referral_id`,
    [tx.tenant, from, to, extractedOn],
  );
  for (const line of serviceLines) {
    const { name, columns } = detailsTable(line.details);
    await tx.execute(
      `update ${name} h set ${columns.map((c) => `${c} = d.${c}`).join(', ')}
        from staged_referral s cross join lateral jsonb_populate_record(null::${name}, s.details) d
        where s.position between $2 and $3 and s.outcome = 'changed' and s.line = $4 and h.tenant = $1 and h.referral_id = s.referral_id`,
      [tx.tenant, from, to, line.code],
    );
  }
}

/** A newer extract knows better where a child lives and goes to school. Another number or birth date is for a person to decide. */
async function mendPeople(tx: Tx, { from, to }: RowRange, { provider, now }: ApplyContext): Promise<void> {
  await tx.execute(
    `update person p set ${KNOWN_OF_PERSON.map((c) => `${c} = coalesce(s.${c}, p.${c})`).join(', ')},
        protected_address = p.protected_address or s.protected_address,
        confidential_from_family = array(select distinct unnest(p.confidential_from_family || s.confidential_from_family) order by 1),
        identity_disputed_at = case when s.nhs_number_key is not null and p.nhs_number_key is not null
            and (p.nhs_number_key, p.birth_date_key) is distinct from (s.nhs_number_key, s.birth_date_key) then coalesce(p.identity_disputed_at, $4) else p.identity_disputed_at end
      from staged_referral s where s.position between $2 and $3 and s.outcome = 'changed' and p.tenant = $1 and p.id = s.person_id`,
    [tx.tenant, from, to, now],
  );
  await readIdentity(tx, now, 'import of a newer extract', [], () =>
    tx.execute(
      `update person_identity i set given_name = s.given_name, family_name = s.family_name, nhs_number = coalesce(s.nhs_number, i.nhs_number), postcode = coalesce(s.postcode, i.postcode),
          -- Looked at again for records that may be of the same child.
          keys_made_at = null
        from staged_referral s where s.position between $2 and $3 and s.outcome = 'changed' and i.tenant = $1 and i.person_id = s.person_id and i.provider = $4`,
      [tx.tenant, from, to, provider],
    ),
  );
}
