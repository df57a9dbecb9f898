// models/tensor/layers/recurrent.h - networks that read a sequence and remember.
//
// Sources: Cho et al., Learning phrase representations (GRU, 2014), in the form that resets after the product; Hochreiter and Schmidhuber,
// Long short-term memory (1997), with forget gates. Names, and the order of the gates, are PyTorch's.
#pragma once

#include "models/tensor/layers/linear.h"

namespace argent::tensor {

/// What one step of a layer multiplies by: gates lie one after the other along the first axis.
struct RecurrentWeights {
  RecurrentWeights(int gates, std::int64_t inputs, std::int64_t hidden, Generator& random, Bias bias);
  /// "weight_ih", "weight_hh", "bias_ih", "bias_hh", with `suffix` behind.
  void describe(Members& members, const std::string& suffix);

  Tensor weight_ih, weight_hh;  ///< [gates * hidden, inputs], [gates * hidden, hidden]
  Tensor bias_ih, bias_hh;      ///< [gates * hidden] or undefined
};

/// r = sigmoid(W_r x + U_r h), z = sigmoid(W_z x + U_z h), n = tanh(W_n x + r * (U_n h)); h' = (1 - z) * n + z * h. Gates r, z, n.
class GruCell final : public Module {
 public:
  GruCell(std::int64_t inputs, std::int64_t hidden, Generator& random, Bias bias = Bias::kYes) : weights(3, inputs, hidden, random, bias) {}
  /// x [N, inputs], h [N, hidden] or undefined, which is 0 -> [N, hidden].
  Tensor forward(const Tensor& x, const Tensor& h = {});
  void describe(Members& members) override { weights.describe(members, ""); }

  RecurrentWeights weights;
};

struct LstmState {
  Tensor h, c;  ///< what is told, and what is remembered
};

/// c' = sigmoid(f) * c + sigmoid(i) * tanh(g), h' = sigmoid(o) * tanh(c'). Gates i, f, g, o, each W x + U h.
class LstmCell final : public Module {
 public:
  LstmCell(std::int64_t inputs, std::int64_t hidden, Generator& random, Bias bias = Bias::kYes)
      : weights(4, inputs, hidden, random, bias) {}
  LstmState forward(const Tensor& x, const LstmState& state = {});
  void describe(Members& members) override { weights.describe(members, ""); }

  RecurrentWeights weights;
};

enum class Ways { kForward, kBoth };

struct RecurrentOptions {
  int layers = 1;  ///< each reads what the one before it told
  Ways ways = Ways::kForward;
  Bias bias = Bias::kYes;
};

/// x [T, N, inputs] -> what the last layer told at each time, [T, N, hidden], or [T, N, 2 * hidden] with what is read backward behind.
/// States are [layers * directions, N, hidden]; undefined: 0.
class Recurrent : public Module {
 public:
  void describe(Members& members) override;

 protected:
  struct Sequence {
    Tensor output;
    std::vector<Tensor> states;
  };
  /// From W x and a state, a list of tensors, to the next state, whose first tensor is what is told.
  using Step = std::vector<Tensor> (*)(const RecurrentWeights& weights, const Tensor& from_x, const std::vector<Tensor>& state);

  Recurrent(int gates, std::int64_t inputs, std::int64_t hidden, Generator& random, const RecurrentOptions& options);
  /// `start`: a list as the step's.
  Sequence run(Step step, const Tensor& x, const std::vector<Tensor>& start) const;

 private:
  std::size_t directions_;
  std::vector<RecurrentWeights> weights_;  ///< of a layer: forward, backward
};

class Gru final : public Recurrent {
 public:
  struct Result {
    Tensor output, state;
  };
  Gru(std::int64_t inputs, std::int64_t hidden, Generator& random, const RecurrentOptions& options = {})
      : Recurrent(3, inputs, hidden, random, options) {}
  Result forward(const Tensor& x, const Tensor& state = {});
};

class Lstm final : public Recurrent {
 public:
  struct Result {
    Tensor output;
    LstmState state;
  };
  Lstm(std::int64_t inputs, std::int64_t hidden, Generator& random, const RecurrentOptions& options = {})
      : Recurrent(4, inputs, hidden, random, options) {}
  Result forward(const Tensor& x, const LstmState& state = {});
};

}  // namespace argent::tensor
