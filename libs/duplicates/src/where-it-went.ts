import { Database } from '#database';
import { DomainError, isUuid, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';

/** Tells somebody who follows an old link to a child under which record the child is now. */
@Injectable()
export class WhereItWent {
  constructor(private readonly database: Database) {}

  /** Runs `read`; where it finds no child, says whether the record was joined with one the provider knows. @throws what `read` throws */
  async orSay<T>(principal: Principal, personId: string, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'not-found' || !isUuid(personId)) throw error;
      const kept = await this.#keptRecord(principal, personId);
      throw kept === null ? error : new DomainError('not-found', `This record was joined with another of the same child: ${kept}.`);
    }
  }

  async #keptRecord(principal: Principal, personId: string): Promise<string | null> {
    return this.database.inTenant(principal, async (tx) => {
      const row = await tx.one<{ kept: string }>(
        `with recursive record as (
            select id, joined_to from person where tenant = $1 and id = $2
            union all select n.id, n.joined_to from record r join person n on n.tenant = $1 and n.id = r.joined_to)
          select id as kept from record w where joined_to is null and id <> $2 and exists (
            select from referral r join referral_party y on y.tenant = r.tenant and y.referral_id = r.id and y.provider = $3
            where r.tenant = $1 and r.person_id = w.id)`,
        [tx.tenant, personId, principal.org],
      );
      return row?.kept ?? null;
    });
  }
}
