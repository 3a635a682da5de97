import type * as z from 'zod';
import { InputError } from '../../shared/errors';

/**
 * Makes the check of what a page asks: nobody vouches for a message.
 * @returns the parameters of a call, known to be what they should be, or throws InputError
 */
export function checkedBy<Schemas extends Readonly<Record<string, z.ZodType>>>(schemas: Schemas) {
  return <K extends keyof Schemas & string>(call: K, params: unknown): z.output<Schemas[K]> => {
    const { success, data } = schemas[call]!.safeParse(params);
    if (!success) throw new InputError(`the page asked "${call}" with parameters that are none`);
    return data as z.output<Schemas[K]>;
  };
}
