import type * as z from 'zod';
import { InputError } from '../../shared/errors';
import { once } from '../../shared/once';

/**
 * Makes the check of what a page asks: nobody vouches for a message. Its schemas are built with the first one.
 * @returns the parameters of a call, known to be what they should be, or throws InputError
 */
export function checkedBy<Schemas extends Readonly<Record<string, z.ZodType>>>(build: () => Schemas) {
  const schemas = once(build);
  return <K extends keyof Schemas & string>(call: K, params: unknown): z.output<Schemas[K]> => {
    const { success, data } = schemas()[call]!.safeParse(params);
    if (!success) throw new InputError(`the page asked "${call}" with parameters that are none`);
    return data as z.output<Schemas[K]>;
  };
}
