import { Tenants1790000000001 } from './1790000000001-tenants.js';
import { Children1790000000002 } from './1790000000002-children.js';
import { Waits1790000000003 } from './1790000000003-waits.js';
import { WaitingWell1790000000004 } from './1790000000004-waiting-well.js';
import { Sending1790000000005 } from './1790000000005-sending.js';
import { Imports1790000000006 } from './1790000000006-imports.js';
import { Fhir1790000000007 } from './1790000000007-fhir.js';
import { Duplicates1790000000008 } from './1790000000008-duplicates.js';
import { WholeLists1790000000009 } from './1790000000009-whole-lists.js';
import { MessageHolds1790000000010 } from './1790000000010-message-holds.js';
import { ToldOtherwise1790000000011 } from './1790000000011-told-otherwise.js';

/** In order. Forward only; add, never edit. */
export const migrations = [
  Tenants1790000000001,
  Children1790000000002,
  Waits1790000000003,
  WaitingWell1790000000004,
  Sending1790000000005,
  Imports1790000000006,
  Fhir1790000000007,
  Duplicates1790000000008,
  WholeLists1790000000009,
  MessageHolds1790000000010,
  ToldOtherwise1790000000011,
];
