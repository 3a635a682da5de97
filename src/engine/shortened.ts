/** What ONNX Runtime says, without where in its sources it says so. */
export function shortened(message: string): string {
  return message.replace(/^\S+\.(cc|h):\d+ .* (was|is) false\. /s, '').trim();
}
