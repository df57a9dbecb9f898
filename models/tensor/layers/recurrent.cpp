#include "models/tensor/layers/recurrent.h"

#include <cmath>

#include "models/tensor/layers/initialize.h"
#include "models/tensor/ops.h"

namespace argent::tensor {
namespace {

/// `state`, or that of the begin.
Tensor or_zeros(const Tensor& state, const RecurrentWeights& w, std::int64_t samples, DType type) {
  return state.defined() ? state : zeros({samples, w.weight_hh.size(1)}, type);
}

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

}  // namespace

RecurrentWeights::RecurrentWeights(int gates, std::int64_t inputs, std::int64_t hidden, Generator& random, Bias bias) {
  if (inputs < 1 || hidden < 1) throw Error("a recurrent layer of ", inputs, " inputs and ", hidden, " hidden");
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
  const Tensor start = or_zeros(h, weights, x.size(0), x.dtype());
  return gru_step(weights, linear(x, weights.weight_ih, weights.bias_ih), {start})[0];
}

LstmState LstmCell::forward(const Tensor& x, const LstmState& state) {
  const Tensor h = or_zeros(state.h, weights, x.size(0), x.dtype()), c = or_zeros(state.c, weights, x.size(0), x.dtype());
  const std::vector<Tensor> next = lstm_step(weights, linear(x, weights.weight_ih, weights.bias_ih), {h, c});
  return {next[0], next[1]};
}

Recurrent::Recurrent(int gates, std::int64_t inputs, std::int64_t hidden, Generator& random, const RecurrentOptions& options)
    : directions_(options.ways == Ways::kBoth ? 2 : 1) {
  if (options.layers < 1) throw Error("a recurrent network of ", options.layers, " layers");
  const auto directions = static_cast<std::int64_t>(directions_);
  for (std::int64_t i = 0; i < options.layers * directions; i++)
    weights_.emplace_back(gates, i < directions ? inputs : hidden * directions, hidden, random, options.bias);
}

Recurrent::Sequence Recurrent::run(Step step, const Tensor& x, const std::vector<Tensor>& start) const {
  if (x.rank() != 3 || x.size(0) < 1 || x.size(2) != weights_[0].weight_ih.size(1)) {
    throw Error("a sequence of shape ", x.shape(), ", expected T x N x ", weights_[0].weight_ih.size(1), " and at least one time");
  }
  std::vector<std::vector<Tensor>> last(start.size());
  std::vector<Tensor> told;
  Tensor input = x;
  for (std::size_t row = 0; row < weights_.size(); row++) {
    const RecurrentWeights& w = weights_[row];
    std::vector<Tensor> state;
    for (const Tensor& all : start)
      state.push_back(or_zeros(all.defined() ? all.select(0, static_cast<std::int64_t>(row)) : all, w, x.size(1), x.dtype()));
    const Tensor from_x = linear(input, w.weight_ih, w.bias_ih);
    std::vector<Tensor> outputs(static_cast<std::size_t>(x.size(0)));
    for (std::size_t k = 0; k < outputs.size(); k++) {
      const std::size_t time = row % directions_ == 0 ? k : outputs.size() - 1 - k;
      state = step(w, from_x.select(0, static_cast<std::int64_t>(time)), state);
      outputs[time] = state[0];
    }
    for (std::size_t k = 0; k < state.size(); k++) last[k].push_back(state[k]);
    told.push_back(stack(outputs, 0));
    if (told.size() < directions_) continue;
    input = told.size() == 1 ? told[0] : concat(told, 2);
    told.clear();
  }
  Sequence result{input, {}};
  for (const std::vector<Tensor>& states : last) result.states.push_back(stack(states, 0));
  return result;
}

void Recurrent::describe(Members& members) {
  for (std::size_t i = 0; i < weights_.size(); i++)
    weights_[i].describe(members, "_l" + std::to_string(i / directions_) + (i % directions_ == 1 ? "_reverse" : ""));
}

Gru::Result Gru::forward(const Tensor& x, const Tensor& state) {
  const Sequence result = run(gru_step, x, {state});
  return {result.output, result.states[0]};
}

Lstm::Result Lstm::forward(const Tensor& x, const LstmState& state) {
  const Sequence result = run(lstm_step, x, {state.h, state.c});
  return {result.output, {result.states[0], result.states[1]}};
}

}  // namespace argent::tensor
