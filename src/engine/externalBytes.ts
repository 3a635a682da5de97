import { PbfReader } from 'pbf';

/** Where a weight's place is, in field numbers of onnx.proto: ModelProto.graph.initializer.external_data. */
const wayToPlace = [7, 5, 13];

/** Bytes of weights that an encoded graph refers to in other files. */
export function externalBytes(model: Uint8Array): number {
  let sum = 0;
  const read = (depth: number) => (field: number, _: unknown, pbf: PbfReader) => {
    if (field !== wayToPlace[depth]) return;
    if (depth < wayToPlace.length - 1) pbf.readMessage(read(depth + 1), null);
    else sum += lengthIn(pbf);
  };
  new PbfReader(model).readFields(read(0), null);
  return sum;
}

/** StringStringEntryProto: one of a weight's location, offset and length. */
function lengthIn(pbf: PbfReader): number {
  const { key, value } = pbf.readMessage(
    (field, entry, reader) => {
      if (field === 1) entry.key = reader.readString();
      if (field === 2) entry.value = reader.readString();
    },
    { key: '', value: '' },
  );
  return key === 'length' ? Number(value) : 0;
}
