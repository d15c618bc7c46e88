// Trains a network by TensorFlow Playground's engine, for training_epochs.py, which starts it:
//     node playground.mjs path/of/nn.mjs
// The first line says {sizes, parameters, points}; each line after it {batch, epochs}, and is
// answered by the parameters then: neuron by neuron, its weights and its bias.

import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const RATE = 0.03;
const nn = await import(pathToFileURL(resolve(process.argv[2])));
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => JSON.parse((await lines.next()).value ?? "null");

const { sizes, parameters, points } = await next();
const names = Array.from({ length: sizes[0] }, (_, i) => `x${i + 1}`);
const network = nn.buildNetwork(sizes, nn.Activations.TANH, nn.Activations.TANH, null, names);
const neurons = network.slice(1).flat();
for (const neuron of neurons) {
  for (const link of neuron.inputLinks) link.weight = parameters.shift();
  neuron.bias = parameters.shift();
}

function epoch(batch) { // as in the playground's oneStep
  for (let i = 0; i < points.length; i++) {
    nn.forwardProp(network, points[i].x);
    nn.backProp(network, points[i].y, nn.Errors.SQUARE);
    if ((i + 1) % batch === 0) nn.updateWeights(network, RATE, 0);
  }
}

for (let asked = await next(); asked; asked = await next()) {
  for (let e = 0; e < asked.epochs; e++) epoch(asked.batch);
  const found = neurons.flatMap((n) => [...n.inputLinks.map((link) => link.weight), n.bias]);
  console.log(JSON.stringify(found));
}
