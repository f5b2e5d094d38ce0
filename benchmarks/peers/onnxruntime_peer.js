#!/usr/bin/env node
// ONNX Runtime's side of `DeepGen.Benchmarks compare`: reads one JSON request a line, answers one JSON line.
//
//   describe                        -> {"version"}
//   load     model, inputs          -> {}           model: ONNX; inputs are raw files with shape and type
//   outputs  file                   -> {}           writes the first output
//   restart                         -> {}           nothing to do: predictions change nothing
//   run      count                  -> {"seconds"}  of so many predictions together
//   unload                          -> {}
//
// The argument is the number of threads. The output is written to a tensor that is there before, as DeepGen's is.
'use strict';
const fs = require('fs');
const readline = require('readline');
const ort = require('onnxruntime-node');

const threads = Number(process.argv[2]);
let session = null;
let feeds = null;
let fetches = null;

function tensor(description) {
  const bytes = fs.readFileSync(description.file);
  const values = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return description.type === 'int'
    ? new ort.Tensor('int64', BigInt64Array.from(new Int32Array(values), BigInt), description.shape)
    : new ort.Tensor('float32', new Float32Array(values), description.shape);
}

const answers = {
  describe: async () => ({ version: require('onnxruntime-node/package.json').version }),

  load: async request => {
    session = await ort.InferenceSession.create(request.model, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
    });
    feeds = Object.fromEntries(session.inputNames.map((name, i) => [name, tensor(request.inputs[i])]));
    fetches = await session.run(feeds);
    return {};
  },

  outputs: async request => {
    const { data } = (await session.run(feeds, fetches))[session.outputNames[0]];
    fs.writeFileSync(request.file, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    return {};
  },

  restart: async () => ({}),

  run: async request => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < request.count; i++) await session.run(feeds, fetches);
    return { seconds: Number(process.hrtime.bigint() - start) / 1e9 };
  },

  unload: async () => {
    await session.release();
    session = feeds = fetches = null;
    return {};
  },
};

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let answer;
    const request = JSON.parse(line);
    try {
      answer = await answers[request.do](request);
    } catch (error) {
      answer = { error: String(error) };
    }
    fs.writeSync(1, JSON.stringify(answer) + '\n');
  }
})();
