import { OneOf, Optional, Text, WholeNumber } from '#fields';

/** How a FHIR search is paged. */
export class FhirPage {
  @Optional()
  @WholeNumber(1, 100)
  _count?: number;

  /** Of the next link of a page; opaque. */
  @Optional()
  @Text(500)
  _cursor?: string;
}

export class ResolveMessage {
  /** `done`: acted on by the usual means; `dismissed`: nothing to do. */
  @OneOf(['done', 'dismissed'])
  outcome: 'done' | 'dismissed';

  @Text(2_000)
  note: string;
}
