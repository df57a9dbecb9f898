#include "models/tensor/layers/recurrent.h"

#include <cmath>

#include "models/tensor/layers/initialize.h"
#include "models/tensor/ops.h"

namespace argent::tensor {
namespace {

int directions(const RecurrentOptions& options) { return options.ways == Ways::kBoth ? 2 : 1; }

/// `from_x`: W x, done for all times at once. Hidden states of a GRU are a list of one, of an LSTM of two.
std::vector<Tensor> gru_step(const RecurrentWeights& w, const Tensor& from_x, const std::vector<Tensor>& state) {
  const Tensor& h = state[0];
  const std::int64_t hidden = w.weight_hh.size(1);
  const std::vector<Tensor> x = split(from_x, hidden, 1), u = split(linear(h, w.weight_hh, w.bias_hh), hidden, 1);
  const Tensor r = sigmoid(x[0] + u[0]), z = sigmoid(x[1] + u[1]), n = tanh(x[2] + r * u[2]);
  return {n + z * (h - n)};
}

std::vector<Tensor> lstm_step(const RecurrentWeights& w, const Tensor& from_x, const std::vector<Tensor>& state) {
  const std::vector<Tensor> gates = split(from_x + linear(state[0], w.weight_hh, w.bias_hh), w.weight_hh.size(1), 1);
  const Tensor c = sigmoid(gates[1]) * state[1] + sigmoid(gates[0]) * tanh(gates[2]);
  return {sigmoid(gates[3]) * tanh(c), c};
}

using Step = std::vector<Tensor> (*)(const RecurrentWeights&, const Tensor&, const std::vector<Tensor>&);

struct Sequence {
  Tensor output;
  std::vector<Tensor> states;
};

/// `given`: the start, a list as the step's, each [layers * directions, N, hidden] or undefined.
Sequence run(Step step, const std::vector<RecurrentWeights>& weights, int directions, const Tensor& x, const std::vector<Tensor>& given) {
  if (x.rank() != 3 || x.size(0) < 1 || x.size(2) != weights[0].weight_ih.size(1)) {
    throw Error("a sequence of shape " + to_text(x.shape()) + ", expected T x N x " + std::to_string(weights[0].weight_ih.size(1)) +
                " and at least one time");
  }
  std::vector<std::vector<Tensor>> last(given.size());
  Tensor input = x;
  for (std::size_t i = 0; i < weights.size(); i += static_cast<std::size_t>(directions)) {
    std::vector<Tensor> told;
    for (int backward = 0; backward < directions; backward++) {
      const std::size_t row = i + static_cast<std::size_t>(backward);
      const RecurrentWeights& w = weights[row];
      std::vector<Tensor> state;
      for (const Tensor& start : given) {
        state.push_back(start.defined() ? start.select(0, static_cast<std::int64_t>(row))
                                        : zeros({x.size(1), w.weight_hh.size(1)}, x.dtype()));
      }
      const Tensor from_x = linear(input, w.weight_ih, w.bias_ih);
      std::vector<Tensor> outputs(static_cast<std::size_t>(x.size(0)));
      for (std::size_t k = 0; k < outputs.size(); k++) {
        const std::size_t time = backward != 0 ? outputs.size() - 1 - k : k;
        state = step(w, from_x.select(0, static_cast<std::int64_t>(time)), state);
        outputs[time] = state[0];
      }
      told.push_back(stack(outputs, 0));
      for (std::size_t k = 0; k < state.size(); k++) last[k].push_back(state[k]);
    }
    input = told.size() == 1 ? told[0] : concat(told, 2);
  }
  Sequence result{input, {}};
  for (const std::vector<Tensor>& states : last) result.states.push_back(stack(states, 0));
  return result;
}

std::vector<RecurrentWeights> all_weights(int gates, std::int64_t inputs, std::int64_t hidden, Generator& random,
                                          const RecurrentOptions& options) {
  if (options.layers < 1) throw Error("a recurrent network of " + std::to_string(options.layers) + " layers");
  std::vector<RecurrentWeights> weights;
  for (int layer = 0; layer < options.layers; layer++) {
    const std::int64_t layer_inputs = layer == 0 ? inputs : hidden * directions(options);
    for (int i = 0; i < directions(options); i++) weights.emplace_back(gates, layer_inputs, hidden, random, options.bias);
  }
  return weights;
}

void describe_all(std::vector<RecurrentWeights>& weights, int directions, Members& members) {
  for (std::size_t i = 0; i < weights.size(); i++) {
    const auto of = static_cast<std::size_t>(directions);
    weights[i].describe(members, "_l" + std::to_string(i / of) + (i % of == 1 ? "_reverse" : ""));
  }
}

}  // namespace

RecurrentWeights::RecurrentWeights(int gates, std::int64_t inputs, std::int64_t hidden, Generator& random, Bias bias) {
  if (inputs < 1 || hidden < 1)
    throw Error("a recurrent layer of " + std::to_string(inputs) + " inputs and " + std::to_string(hidden) + " hidden");
  const double bound = 1 / std::sqrt(static_cast<double>(hidden));
  const auto draw = [&](const Dims& shape) { return learnable(uniform(random, shape, -bound, bound)); };
  weight_ih = draw({gates * hidden, inputs});
  weight_hh = draw({gates * hidden, hidden});
  if (bias == Bias::kNo) return;
  bias_ih = draw({gates * hidden});
  bias_hh = draw({gates * hidden});
}

void RecurrentWeights::describe(Members& members, const std::string& suffix) {
  members.parameter("weight_ih" + suffix, weight_ih);
  members.parameter("weight_hh" + suffix, weight_hh);
  members.parameter("bias_ih" + suffix, bias_ih);
  members.parameter("bias_hh" + suffix, bias_hh);
}

Tensor GruCell::forward(const Tensor& x, const Tensor& h) {
  const Tensor start = h.defined() ? h : zeros({x.size(0), weights.weight_hh.size(1)}, x.dtype());
  return gru_step(weights, linear(x, weights.weight_ih, weights.bias_ih), {start})[0];
}

LstmState LstmCell::forward(const Tensor& x, const LstmState& state) {
  const auto start = [&](const Tensor& t) { return t.defined() ? t : zeros({x.size(0), weights.weight_hh.size(1)}, x.dtype()); };
  const std::vector<Tensor> next = lstm_step(weights, linear(x, weights.weight_ih, weights.bias_ih), {start(state.h), start(state.c)});
  return {next[0], next[1]};
}

Gru::Gru(std::int64_t inputs, std::int64_t hidden, Generator& random, const RecurrentOptions& options)
    : options_(options), weights_(all_weights(3, inputs, hidden, random, options)) {}

Gru::Result Gru::forward(const Tensor& x, const Tensor& state) {
  const Sequence result = run(gru_step, weights_, directions(options_), x, {state});
  return {result.output, result.states[0]};
}

void Gru::describe(Members& members) { describe_all(weights_, directions(options_), members); }

Lstm::Lstm(std::int64_t inputs, std::int64_t hidden, Generator& random, const RecurrentOptions& options)
    : options_(options), weights_(all_weights(4, inputs, hidden, random, options)) {}

Lstm::Result Lstm::forward(const Tensor& x, const LstmState& state) {
  const Sequence result = run(lstm_step, weights_, directions(options_), x, {state.h, state.c});
  return {result.output, {result.states[0], result.states[1]}};
}

void Lstm::describe(Members& members) { describe_all(weights_, directions(options_), members); }

}  // namespace argent::tensor
