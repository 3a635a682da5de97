/** How devices read in the picker and in tooltips. Pure. */
import { bytes } from '../../shared/format';
import type { DeviceDescription, DeviceMemory } from '../../shared/protocol/sessions';
import { devices, type DeviceChoice } from '../../shared/vocabulary';

export interface DeviceItem {
  readonly device: DeviceChoice;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/**
 * Every choice, with what is there and what is missing.
 * @param described null while the engine has not answered
 */
export function deviceItems(described: readonly DeviceDescription[] | null, chosen: DeviceChoice): DeviceItem[] {
  const known = new Map((described ?? []).map((each) => [each.device, each]));
  return (['auto', ...devices] as const).map((device) => {
    const found = device === 'auto' ? undefined : known.get(device);
    const missing = found?.available === false;
    const memory = found?.available && (memoryText(found.memory) ?? 'its memory is not known');
    const facts = [device === chosen && 'chosen now', missing && 'not there', memory];
    return {
      device,
      label: `${missing ? '$(circle-slash)' : '$(circuit-board)'} ${device}`,
      description: facts.filter(Boolean).join(' · '),
      detail: device === 'auto' ? 'The best device that runs every graph.' : found ? detailOf(found) : 'asking…',
    };
  });
}

function detailOf({ available, detail, mend }: DeviceDescription): string {
  return available ? detail : (mend ?? detail);
}

/** Null where nothing is known of it. */
export function memoryText({ total, free }: DeviceMemory): string | null {
  if (total === null && free === null) return null;
  if (free === null) return bytes(total!);
  return total === null ? `${bytes(free)} free` : `${bytes(free)} of ${bytes(total)} free`;
}
