import { syntheticWords, type Reconciliation } from '#reporting';

type Explanation = Reconciliation['explanations'][number];

/** Ids shown of a move; the report itself holds more. */
const IDS_SHOWN = 5;

/** The comparison as lines of text: what it is, the table, then every rule that would bring the figures nearer. */
export function reconcileWords(found: Reconciliation): string[] {
  const { measure, service, provider, asOf, stopRule, rulesVersion } = found;
  const synthetic = syntheticWords(found);
  return [
    `${service} at ${provider}: ${measure} as of ${asOf}. Our clock stops at ${stopRule}; rules ${rulesVersion}.`,
    ...(synthetic === null ? [] : [synthetic]),
    '',
    ...table(found),
    '',
    ...remarks(found),
    ...explained(found),
  ];
}

function table({ bands, total }: Reconciliation): string[] {
  const rows = [
    ['weeks', 'computed', 'submitted', 'difference'],
    ...bands
      .filter((b) => b.computed !== 0 || b.submitted !== null)
      .map((b) => [b.band, String(b.computed), b.submitted === null ? '-' : String(b.submitted), signed(b.difference)]),
    ['submitted in all', String(total.computed), String(total.submitted), signed(total.difference)],
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}`);
}

function remarks({ notSubmitted, unknownStart }: Reconciliation): string[] {
  return [
    ...(notSubmitted.length === 0 ? [] : [`Not submitted, and so not compared: ${notSubmitted.join(', ')}.`]),
    ...(unknownStart === 0 ? [] : [`On the list with an unknown start, and so in no band: ${unknownStart}.`]),
  ];
}

function explained({ absoluteDifference, explanations }: Reconciliation): string[] {
  if (absoluteDifference === 0) return ['Nothing differs.'];
  const helpful = explanations.filter((e) => e.explained > 0);
  const idle = explanations.filter((e) => e.moves.length === 0).map((e) => e.rule);
  return [
    `The differences add up to ${absoluteDifference}, whichever way they go. Each rule was tried alone: what they explain does not add up.`,
    ...(helpful.length === 0 ? ['No rule that was tried brings the figures nearer.'] : helpful.flatMap(oneRule)),
    ...(idle.length === 0 ? [] : ['', `Would move no child here: ${idle.join(', ')}.`]),
  ];
}

const oneRule = ({ title, rule, explained: gone, explainedPercent, remaining, moves }: Explanation): string[] => [
  '',
  `${title} (${rule})`,
  `  explains ${gone} (${explainedPercent} %), leaves ${remaining}`,
  ...moves.map((m) => `  ${m.count} from ${m.from ?? 'no band'} to ${m.to ?? 'no band'}${idsOf(m.referralIds ?? [], m.count)}`),
];

function idsOf(ids: readonly string[], count: number): string {
  if (ids.length === 0) return '';
  return `: ${ids.slice(0, IDS_SHOWN).join(', ')}${count > IDS_SHOWN ? ', …' : ''}`;
}

const signed = (difference: number | null): string => (difference === null ? '-' : difference > 0 ? `+${difference}` : String(difference));
