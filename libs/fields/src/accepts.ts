import { getMetadataStorage, ValidationTypes, type ValidationArguments, type ValidatorConstraintInterface } from 'class-validator';

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Fields = Record<string, unknown>;

/** What the decorators of one field say. */
interface Rules {
  property: string;
  /** Such as IsOptional: where one says no, the field is not looked at. */
  conditions: ((object: object, value: unknown) => boolean)[];
  tests: ((object: object, value: unknown) => boolean)[];
  isPart: boolean;
}

const known = new Map<unknown, readonly Rules[] | null>();

/**
 * Whether class-validator would find nothing wrong with an instance. It gathers the decorators of a class anew for every object it looks at,
 * which for the rows of a long file is most of the work; here they are gathered once a class. The tests are its own. What is not certain is
 * "no": then class-validator is asked, which says what is wrong.
 */
export function accepts(instance: object): boolean {
  const rules = rulesOf(instance.constructor);
  if (rules === null) return false;
  const fields = instance as Fields;
  for (const name of Object.keys(fields)) if (!rules.some(({ property }) => property === name)) return false;
  return rules.every(({ property, conditions, tests, isPart }) => {
    const value = fields[property];
    if (!conditions.every((holds) => holds(instance, value))) return true;
    return tests.every((passes) => passes(instance, value)) && (!isPart || value === undefined || acceptsPart(value));
  });
}

const acceptsPart = (value: unknown): boolean =>
  Array.isArray(value) ? value.every((each) => each === undefined || acceptsPart(each)) : value instanceof Object && accepts(value);

function rulesOf(type: unknown): readonly Rules[] | null {
  let rules = known.get(type);
  if (rules === undefined) known.set(type, (rules = gather(type)));
  return rules;
}

/** Null for a class without decorators, or with one that is not understood here. */
function gather(type: unknown): readonly Rules[] | null {
  const storage = getMetadataStorage();
  const found = storage.getTargetValidationMetadatas(type as () => void, '', false, false);
  if (found.length === 0) return null;
  const rules: Rules[] = [];
  for (const [property, metadata] of Object.entries(storage.groupByPropertyName(found))) {
    const of = (kind: string): Metadata[] => metadata.filter((m) => m.type === kind);
    const [conditions, tests, parts] = [
      of(ValidationTypes.CONDITIONAL_VALIDATION),
      of(ValidationTypes.CUSTOM_VALIDATION),
      of(ValidationTypes.NESTED_VALIDATION),
    ];
    const ignored = of(ValidationTypes.WHITELIST);
    if (conditions.length + tests.length + parts.length + ignored.length < metadata.length) return null;
    rules.push({
      property,
      conditions: conditions.map((m) => m.constraints[0] as Rules['conditions'][number]),
      tests: tests.flatMap((m) => storage.getTargetValidatorConstraints(m.constraintCls).map(({ instance }) => testOf(m, instance))),
      isPart: parts.length > 0,
    });
  }
  return rules;
}

function testOf(metadata: Metadata, constraint: ValidatorConstraintInterface): Rules['tests'][number] {
  const { propertyName: property, constraints } = metadata;
  return (object, value) => {
    if (metadata.validateIf && !metadata.validateIf(object, value)) return true;
    const told: ValidationArguments = { targetName: object.constructor.name, property, object, value, constraints };
    const passes = (each: unknown): boolean => constraint.validate(each, told) === true;
    return metadata.each && Array.isArray(value) ? value.every(passes) : passes(value);
  };
}
