import { KNOWN_OF_PERSON } from '#referrals';

/**
 * What staged rows say of each child, as one row a child: several rows of a file may be of one. SQL, with the columns any referral may fill, and
 * of what protects a child the careful side of all of them.
 * @param which of the rows `s` @param wins the row that counts where two say otherwise
 */
export const saidOfChildren = (which: string, wins: 'first' | 'last'): string => `
  select s.person_id,
    ${KNOWN_OF_PERSON.map((c) => `(array_agg(s.${c} order by s.row_no ${wins === 'first' ? 'asc' : 'desc'}) filter (where s.${c} is not null))[1] as ${c}`).join(', ')},
    bool_or(s.protected_address) as protected_address,
    coalesce(string_to_array(string_agg(array_to_string(s.confidential_from_family, ','), ',') filter (where s.confidential_from_family <> '{}'), ','), '{}')
      as confidential_from_family
  from staged_referral s where ${which} group by s.person_id`;

/** What protects a child `p` is only ever added to by what was `said`. */
export const CAREFUL_SIDE = `protected_address = p.protected_address or said.protected_address,
    confidential_from_family = array(select distinct unnest(p.confidential_from_family || said.confidential_from_family) order by 1)`;
