import { doubleMetaphone } from 'double-metaphone';

/** A name as it is compared: without accents, case, apostrophes and full stops; hyphens and spaces part it. */
export function partsOf(name: string): string[] {
  return name
    .normalize('NFD')
    .replace(/[\p{M}'’`.]/gu, '')
    .toLocaleLowerCase('en')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '');
}

/** How a part of a name sounds: one or two codes. A script the codes do not know is compared as it is written. */
export function soundsOf(part: string): string[] {
  const codes = doubleMetaphone(part).filter((code) => code !== '');
  return codes.length > 0 ? [...new Set(codes)] : [part];
}
