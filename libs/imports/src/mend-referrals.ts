import type { Tx } from '#database';
import type { NewEscalation } from '#escalations';
import { serviceLines } from '#service-lines';
import type { ApplyContext, RowRange } from './apply-referrals.js';
import { detailsTable } from './staging.js';

/** Staged rows `s` that say otherwise than is held. */
export const CHANGED = `s.position between $2 and $3 and s.outcome = 'changed'`;

/** What a newer extract says of a referral beside what the clocks read. A risk that was not known before is somebody's to look at today. */
export async function mendReferrals(tx: Tx, range: RowRange, ctx: ApplyContext): Promise<void> {
  await tx.execute(
    `update referral r set digest = s.digest, source_of_referral = s.source_of_referral, authored_on = coalesce(s.authored_on, r.authored_on), need = s.need, extracted_on = $4
      from staged_referral s where ${CHANGED} and r.tenant = $1 and r.id = s.referral_id`,
    [tx.tenant, range.from, range.to, ctx.extractedOn],
  );
  for (const line of serviceLines) {
    const { name, columns, flags } = detailsTable(line.details);
    if (flags.length > 0) await openNewRisks(tx, range, ctx, line.code, { name, flags });
    await tx.execute(
      `update ${name} h set ${columns.map((c) => `${c} = coalesce(d.${c}, h.${c})`).join(', ')}
        from staged_referral s cross join lateral jsonb_populate_record(null::${name}, s.details) d
        where ${CHANGED} and s.line = $4 and h.tenant = $1 and h.referral_id = s.referral_id`,
      [tx.tenant, range.from, range.to, line.code],
    );
  }
}

async function openNewRisks(
  tx: Tx,
  { from, to }: RowRange,
  { provider, escalations }: ApplyContext,
  line: string,
  { name, flags }: { name: string; flags: string[] },
): Promise<void> {
  const risks = await tx.query<NewEscalation>(
    `select s.person_id as "personId", s.referral_id as "referralId", s.line, $5::text as provider,
        s.details_risk ->> 'reason' as reason, s.details_risk ->> 'level' as level
      from staged_referral s cross join lateral jsonb_populate_record(null::${name}, s.details) d
      join ${name} h on h.tenant = $1 and h.referral_id = s.referral_id join person p on p.tenant = $1 and p.id = s.person_id
      where ${CHANGED} and s.line = $4 and s.details_risk is not null and p.died_on is null
        and (${flags.map((flag) => `d.${flag} and not h.${flag}`).join(' or ')})`,
    [tx.tenant, from, to, line, provider],
  );
  for (const each of risks) await escalations.open(tx, each);
}
