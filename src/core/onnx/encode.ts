/**
 * ONNX's protobuf encoding, as far as the builder needs it (field numbers: onnx.proto, messages ModelProto, GraphProto,
 * NodeProto, AttributeProto, TensorProto, ValueInfoProto).
 */
import { PbfWriter } from 'pbf';
import path from 'node:path';
import type { GraphFile } from '../ports';
import { elementTypes } from './elementTypes';
import type { Graph } from './graph';
import type { Attribute, Block, Constant, Dimension, GraphNode, Named, Weight } from './graphParts';
import { weightLocation } from './weightLocation';

const irVersion = 10;
/** ONNX Runtime's own operators have one version. */
const ownDomain = 'com.microsoft';
const dataLocationExternal = 1;
const attributeType = { float: 1, int: 2, text: 3, block: 5, ints: 7 } as const;

/**
 * The graph as an ONNX model. Weights become external data relative to the root of the file system they lie on, so
 * that one graph can point into checkpoints anywhere on it.
 * @param residentOutputs see {@link GraphFile}
 */
export function encodeGraph(graph: Graph, residentOutputs: readonly string[] = []): GraphFile {
  const weightsRoot = path.parse(graph.weights[0]?.location.path ?? process.cwd()).root;
  const writer = new PbfWriter();
  writer.writeVarintField(1, irVersion);
  writer.writeStringField(2, 'frankenstein-lab');
  writer.writeMessage(7, (_, out) => writeMainGraph(graph, weightsRoot, out), null);
  writer.writeMessage(8, (_, out) => out.writeVarintField(2, graph.target.opset), null);
  if (graph.target.device !== 'cpu') writer.writeMessage(8, writeOwnDomain, null);
  const { name, fed, shapeInputs, target } = graph;
  return { name, device: target.device, bytes: writer.finish(), weightsRoot, fed, shapeInputs, residentOutputs };
}

function writeOwnDomain(_: null, out: PbfWriter): void {
  out.writeStringField(1, ownDomain);
  out.writeVarintField(2, 1);
}

function writeMainGraph(graph: Graph, root: string, out: PbfWriter): void {
  writeBlock(graph.main, out);
  out.writeStringField(2, graph.name);
  for (const weight of graph.weights) out.writeMessage(5, writeWeight(root), weight);
  for (const input of graph.inputs) out.writeMessage(11, writeValueInfo, input);
}

function writeBlock(block: Block, out: PbfWriter): void {
  for (const node of block.nodes) out.writeMessage(1, writeNode, node);
  out.writeStringField(2, 'block');
  for (const constant of block.constants) out.writeMessage(5, writeConstant, constant);
  for (const input of block.inputs) out.writeMessage(11, writeValueInfo, input);
  for (const output of block.outputs) out.writeMessage(12, writeValueInfo, output);
}

function writeNode(node: GraphNode, out: PbfWriter): void {
  for (const input of node.inputs) out.writeStringField(1, input);
  for (const output of node.outputs) out.writeStringField(2, output);
  out.writeStringField(3, node.name);
  out.writeStringField(4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    out.writeMessage(5, (value: Attribute, message) => writeAttribute(name, value, message), attribute);
  }
  if (node.domain) out.writeStringField(7, node.domain);
}

function writeAttribute(name: string, attribute: Attribute, out: PbfWriter): void {
  out.writeStringField(1, name);
  if ('float' in attribute) {
    out.writeFloatField(2, attribute.float);
    out.writeVarintField(20, attributeType.float);
  } else if ('int' in attribute) {
    out.writeVarintField(3, attribute.int);
    out.writeVarintField(20, attributeType.int);
  } else if ('text' in attribute) {
    out.writeStringField(4, attribute.text);
    out.writeVarintField(20, attributeType.text);
  } else if ('block' in attribute) {
    out.writeMessage(6, writeBlock, attribute.block);
    out.writeVarintField(20, attributeType.block);
  } else {
    for (const number of attribute.ints) out.writeVarintField(8, number);
    out.writeVarintField(20, attributeType.ints);
  }
}

function writeConstant(constant: Constant, out: PbfWriter): void {
  writeTensorHead(constant, out);
  out.writeBytesField(9, constant.bytes);
}

function writeWeight(root: string) {
  return (weight: Weight, out: PbfWriter) => {
    writeTensorHead(weight, out);
    const { path: file, offset, length } = weight.location;
    for (const [key, value] of [
      ['location', weightLocation(root, file)],
      ['offset', String(offset)],
      ['length', String(length)],
    ]) {
      out.writeMessage(13, (_, entry) => (entry.writeStringField(1, key!), entry.writeStringField(2, value!)), null);
    }
    out.writeVarintField(14, dataLocationExternal);
  };
}

function writeTensorHead(tensor: Constant | Weight, out: PbfWriter): void {
  for (const size of tensor.shape) out.writeVarintField(1, size);
  out.writeVarintField(2, elementTypes[tensor.type].code);
  out.writeStringField(8, tensor.name);
}

function writeValueInfo(value: Named, out: PbfWriter): void {
  out.writeStringField(1, value.name);
  out.writeMessage(2, (_, type) => type.writeMessage(1, writeTensorType, value), null);
}

function writeTensorType(value: Named, out: PbfWriter): void {
  out.writeVarintField(1, elementTypes[value.type].code);
  out.writeMessage(2, writeShape, value.shape);
}

function writeShape(shape: readonly Dimension[], out: PbfWriter): void {
  for (const dimension of shape) {
    out.writeMessage(
      1,
      (size: Dimension, message) =>
        typeof size === 'number' ? message.writeVarintField(1, size) : message.writeStringField(2, size),
      dimension,
    );
  }
}
