import { describeCellRepository } from './contract.ts';
import { openTemporary } from './temporary.ts';

describeCellRepository('cells as files', () => openTemporary());
