import type { Secrets } from '#config';
import { asEmail, asPhone } from '#fields';
import { isNhsNumber } from '#kernel';
import type { HoldReason } from '#message-holds';
import { nhsNumberKey } from '#referrals';
import type { ReadRow } from './cells.js';
import { mayMeanDeath } from './event-row.js';
import type { WhoDied } from './hold-for-deaths.js';
import type { ReadColumns } from './mapping.js';
import { isLine } from './referral-row.js';

/** What can be told of a row that cannot be taken in. */
export interface AboutRow extends WhoDied {
  /** On which line it is, where that can be told. */
  line: string | null;
  /** It tells, or may tell, of a death: until a person has found out, nothing is sent to that household. */
  mayHaveDied: HoldReason | null;
}

interface Keys {
  tenant: string;
  secrets: Secrets;
}

export const SET_ASIDE: HoldReason = 'a row that tells of a death was set aside';
export const MAY_MEAN_DEATH: HoldReason = 'a closure code may mean a death';

/** Read from the cells as they are: whatever else is wrong with the row. */
export function aboutRow({ fields }: ReadRow, keys: Keys): AboutRow {
  const [system, id, service] = [fields['source.system'], fields['source.id'], String(fields['service'])];
  const texts = Object.entries(fields).flatMap(([path, value]) => (typeof value === 'string' ? [{ path, value }] : []));
  return {
    source: typeof system === 'string' && typeof id === 'string' ? { system, id } : null,
    nhsNumberKey: keyOf(String(fields['person.nhsNumber'] ?? ''), keys),
    addresses: texts.flatMap(({ path, value }) =>
      /^contacts\.\d\.phone$/.test(path) ? asPhone(value) : path.endsWith('.email') ? asEmail(value) : [],
    ),
    line: isLine(service) ? service : null,
    mayHaveDied:
      fields['diedOn'] !== undefined || /^died$/i.test(String(fields['type']))
        ? SET_ASIDE
        : mayMeanDeath(fields['closureCode'])
          ? MAY_MEAN_DEATH
          : null,
  };
}

const DAY = /^\s*(\d{4}-\d{2}-\d{2}|\d{2}\/\d{2}\/\d{4})/;

/** Of a row with more cells than the header: from the first cell too many on, each may have slipped. */
export function aboutSlippedRow(cells: readonly string[], read: ReadColumns, about: AboutRow, keys: Keys): AboutRow {
  const slipped = (path: string): string[] => {
    const at = read.columns.findIndex((column) => column?.path === path);
    return at < 0 ? [] : cells.slice(at, at + 1 + cells.length - read.columns.length);
  };
  const died =
    slipped('diedOn').some((cell) => DAY.test(cell)) ||
    slipped('type').some((cell) => /^\s*died\s*$/i.test(cell)) ||
    slipped('closureCode').some((cell) => mayMeanDeath(cell.trim()));
  return {
    ...about,
    nhsNumberKey: slipped('person.nhsNumber').flatMap((cell) => keyOf(cell, keys) ?? [])[0] ?? null,
    mayHaveDied: about.mayHaveDied ?? (died ? SET_ASIDE : null),
  };
}

/** The keyed hash of a number that may be one, in hexadecimal. */
export function keyOf(cell: string, { tenant, secrets }: Keys): string | null {
  const number = cell.replace(/[\s-]/g, '');
  return isNhsNumber(number) ? nhsNumberKey(secrets.nhsNumberKey, tenant, number).toString('hex') : null;
}
